package io.millrace.api.tenant;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All keys of a moment, as digests, and whose they are. */
final class KeyRing {
  private record Key(byte[] sha256, Tenant tenant) {}

  private final List<Key> keys = new ArrayList<>();

  /** Adds a key by its SHA-256; false if it is there already. */
  boolean add(byte[] sha256, Tenant tenant) {
    if (keys.stream().anyMatch(key -> MessageDigest.isEqual(key.sha256, sha256))) {
      return false;
    }
    return keys.add(new Key(sha256, tenant));
  }

  /**
   * Whose key that is. Takes as long for any key, so that time tells nothing of those there are.
   */
  Optional<Tenant> find(String key) {
    byte[] sha256 = digest(key);
    Optional<Tenant> found = Optional.empty();
    for (Key each : keys) {
      if (MessageDigest.isEqual(each.sha256, sha256)) {
        found = Optional.of(each.tenant);
      }
    }
    return found;
  }

  /** Everybody who has a key. */
  Set<Tenant> tenants() {
    Set<Tenant> tenants = new LinkedHashSet<>();
    keys.forEach(key -> tenants.add(key.tenant));
    return tenants;
  }

  static byte[] digest(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
