package io.millrace.standalone.browser;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A TCP proxy that a test has lose all of its connections, as a network does. */
public final class CuttableProxy implements AutoCloseable {
  private final ServerSocket door;
  private final int target;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  private CuttableProxy(ServerSocket door, int target) {
    this.door = door;
    this.target = target;
  }

  /**
   * Starts one before a server on this machine.
   *
   * @param port of the server
   */
  public static CuttableProxy before(int port) throws IOException {
    ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    CuttableProxy proxy = new CuttableProxy(door, port);
    start(proxy::accept);
    return proxy;
  }

  /** Where clients reach it. */
  public int port() {
    return door.getLocalPort();
  }

  /** Ends every connection there is; new ones are taken. */
  public void cut() {
    open.forEach(CuttableProxy::end);
    open.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = door.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(client);
        open.add(server);
        start(() -> pump(client, server));
        start(() -> pump(server, client));
      }
    } catch (IOException closed) {
      cut();
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException cut) {
      // Both ends are told below.
    }
    end(from);
    end(to);
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more in either case.
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "cuttable-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
