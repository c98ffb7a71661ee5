package io.millrace.kafka;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A change of configs of a topic or group, each of which a cluster may refuse.
 *
 * @param wanted values by key
 */
record ConfigChange(ConfigResource.Type type, String name, Map<String, String> wanted) {
  private static final Logger log = LoggerFactory.getLogger(ConfigChange.class);
  private static final Set<String> REFUSED = ConcurrentHashMap.newKeySet();

  /**
   * Sets those that are not so already: few have the right to alter. That one is refused is logged
   * once for each key, as all works without it.
   */
  void apply(Admin admin) {
    var resource = new ConfigResource(type, name);
    Config current = current(admin, resource);
    // One by one: a broker that does not know one of them refuses only that one.
    wanted.forEach(
        (key, value) -> {
          ConfigEntry entry = current == null ? null : current.get(key);
          if (entry == null || !value.equals(entry.value())) {
            set(admin, resource, key, value);
          }
        });
  }

  /** Null for who may not know. */
  static @Nullable Config current(Admin admin, ConfigResource resource) {
    try {
      var described = admin.describeConfigs(List.of(resource)).values().get(resource);
      return Admins.get(Objects.requireNonNull(described));
    } catch (KafkaException e) {
      log.debug("configs of {} are not told: {}", resource, KafkaCluster.rootMessage(e));
      return null;
    }
  }

  private void set(Admin admin, ConfigResource resource, String key, String value) {
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
}
