package io.millrace.standalone;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import tools.jackson.databind.JsonNode;

/** The users of {@code k8s/} and their rights, as Strimzi would grant them. */
final class KafkaUsers {
  private KafkaUsers() {}

  /** All rights of all users. */
  static List<AclBinding> acls() throws IOException {
    List<AclBinding> acls = new ArrayList<>();
    for (JsonNode user : Manifests.all("components/kafka", "KafkaUser")) {
      String name = user.at("/metadata/name").stringValue();
      for (JsonNode acl : user.at("/spec/authorization/acls")) {
        for (JsonNode operation : acl.get("operations")) {
          for (KafkaLogin login : KafkaLogin.values()) {
            acls.add(acl(login.principalPrefix + name, acl.get("resource"), operation));
          }
        }
      }
    }
    return acls;
  }

  private static AclBinding acl(String principal, JsonNode resource, JsonNode operation) {
    boolean prefix = resource.path("patternType").asString("literal").equals("prefix");
    var pattern =
        new ResourcePattern(
            ResourceType.valueOf(resource.get("type").stringValue().toUpperCase(Locale.ROOT)),
            resource.get("name").stringValue(),
            prefix ? PatternType.PREFIXED : PatternType.LITERAL);
    return new AclBinding(
        pattern,
        new AccessControlEntry(
            principal, "*", operation(operation.stringValue()), AclPermissionType.ALLOW));
  }

  /** {@code AlterConfigs} as {@code ALTER_CONFIGS}. */
  private static AclOperation operation(String name) {
    return AclOperation.valueOf(
        name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT));
  }
}
