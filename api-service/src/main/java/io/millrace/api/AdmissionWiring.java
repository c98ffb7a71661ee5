package io.millrace.api;

import io.millrace.api.admission.Admission;
import io.millrace.api.admission.AdmissionQueue;
import io.millrace.api.admission.WaitEstimate;
import io.millrace.api.dispatch.BrokerHealth;
import io.millrace.api.exchange.Exchanges;
import io.millrace.api.metrics.ServingMetrics;
import io.millrace.api.options.ApiOptions;
import io.millrace.api.tenant.ApiKeys;
import io.millrace.api.tenant.TenantLimits;
import io.millrace.kafka.WorkerDirectory;
import io.millrace.protocol.RequestClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The object graph of keys, limits and turns, but for what meets them over HTTP. */
@Configuration(proxyBeanMethods = false)
class AdmissionWiring {
  /** Prompts that wait take up to so much of the heap, with two bytes a character. */
  private static final int PART_OF_HEAP = 8;

  @Bean
  ApiKeys apiKeys(ApiOptions options) {
    return new ApiKeys(options.admission().apiKeys(), options.admission().apiKeyFile());
  }

  @Bean
  TenantLimits tenantLimits() {
    return new TenantLimits(System::nanoTime);
  }

  @Bean
  AdmissionQueue admissionQueue(
      ApiOptions options, WorkerDirectory workers, ServingMetrics metrics) {
    long mostCharacters = Runtime.getRuntime().maxMemory() / PART_OF_HEAP / Character.BYTES;
    AdmissionQueue admissionQueue =
        new AdmissionQueue(
            options.admission().takesTurns(), mostCharacters, workers::load, System::nanoTime);
    metrics.watchTenants(admissionQueue::numWaiting);
    return admissionQueue;
  }

  @Bean
  Admission admission(
      ApiOptions options,
      WorkerDirectory workers,
      AdmissionQueue admissionQueue,
      BrokerHealth broker,
      Exchanges exchanges) {
    WaitEstimate estimate =
        new WaitEstimate(
            workers,
            admissionQueue,
            model -> broker.backlog(model, RequestClass.INTERACTIVE),
            exchanges::numWaiting);
    return new Admission(estimate, options.admission().maxWait());
  }
}
