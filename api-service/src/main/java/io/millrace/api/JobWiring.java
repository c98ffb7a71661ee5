package io.millrace.api;

import io.millrace.api.callback.CallbackService;
import io.millrace.api.dispatch.RequestDispatcher;
import io.millrace.api.jobs.JobViews;
import io.millrace.api.options.ApiOptions;
import io.millrace.api.results.JobIndex;
import io.millrace.api.results.JobListener;
import io.millrace.api.results.QueuePositions;
import io.millrace.api.results.ResultsReady;
import io.millrace.api.results.ResultsWriter;
import io.millrace.api.results.StoredRecords;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.ReplyReader;
import io.millrace.kafka.TopicReader;
import io.millrace.protocol.ReplyAddress;
import java.time.InstantSource;
import java.util.Objects;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The object graph of jobs, but for their controller and what it is given. */
@Configuration(proxyBeanMethods = false)
class JobWiring {

  @Bean
  JobIndex jobIndex(ApiOptions options, KafkaOptions kafka) {
    return new JobIndex(options.jobs().maxJobs(), kafka.resultsRetention(), InstantSource.system());
  }

  @Bean
  TopicReader resultsReader(KafkaCluster cluster, KafkaOptions options, JobIndex index) {
    return new TopicReader(
        cluster, options.topics().results(), OffsetSpec.earliest(), new JobListener(index));
  }

  @Bean
  ResultsReady resultsReady(@Qualifier("resultsReader") TopicReader resultsReader) {
    return new ResultsReady(resultsReader.caughtUp());
  }

  @Bean
  ResultsWriter resultsWriter(RequestDispatcher dispatcher, KafkaOptions options, JobIndex index) {
    return new ResultsWriter(dispatcher, options.topics(), index);
  }

  @Bean
  StoredRecords storedRecords(KafkaCluster cluster, ReplyReader resumedReplyReader) {
    return new StoredRecords(cluster, resumedReplyReader);
  }

  @Bean
  QueuePositions queuePositions(KafkaCluster cluster, KafkaOptions options) {
    return new QueuePositions(cluster.connect(), options.topics(), options.groups());
  }

  @Bean
  CallbackService callbackService(
      JobIndex index,
      JobViews views,
      StoredRecords stored,
      ResultsWriter results,
      ApiOptions options,
      ReplyAddress address) {
    String name = Objects.requireNonNull(address.reader());
    return new CallbackService(index, views, stored, results, options.jobs(), name);
  }
}
