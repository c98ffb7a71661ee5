package io.millrace.kafka;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A change of one config of a topic or group, which a cluster may refuse. */
record ConfigChange(ConfigResource.Type type, String name, String key, String value) {
  private static final Logger log = LoggerFactory.getLogger(ConfigChange.class);
  private static final Set<String> REFUSED = ConcurrentHashMap.newKeySet();

  /**
   * Applies it, unless it is so already: few have the right to alter. That it is refused is logged
   * once for each key, as all works without it.
   */
  void apply(Admin admin) {
    var resource = new ConfigResource(type, name);
    if (isApplied(admin, resource)) {
      return;
    }
    var change = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    try {
      Admins.get(admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all());
    } catch (KafkaException e) {
      if (REFUSED.add(key)) {
        String kind = type.name().toLowerCase(Locale.ROOT);
        log.warn("{} config {}={} not set: {}", kind, key, value, KafkaCluster.rootMessage(e));
      }
    }
  }

  /** False as well for who may not know. */
  private boolean isApplied(Admin admin, ConfigResource resource) {
    try {
      Config configs = Admins.get(admin.describeConfigs(List.of(resource)).values().get(resource));
      ConfigEntry entry = configs.get(key);
      return entry != null && value.equals(entry.value());
    } catch (KafkaException e) {
      log.debug("configs of {} are not told: {}", resource, KafkaCluster.rootMessage(e));
      return false;
    }
  }
}
