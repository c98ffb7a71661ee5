package io.millrace.standalone.chat;

import io.millrace.cli.StartFailure;
import io.millrace.standalone.client.ApiServer;

/** A server, and which of its models is asked. */
record ChatServer(ApiServer api, String model) {
  /**
   * A server with the model that it names first.
   *
   * @throws StartFailure if it does not answer, or has none
   */
  static ChatServer withFirstModel(ApiServer api) {
    String first = api.ask(api.request("/v1/models")).at("/data/0/id").asString("");
    if (first.isEmpty()) {
      throw new StartFailure("the server at %s has no models".formatted(api.root()));
    }
    return new ChatServer(api, first);
  }
}
