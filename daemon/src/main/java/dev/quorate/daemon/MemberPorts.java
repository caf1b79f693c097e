package dev.quorate.daemon;

import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.http.HttpHandler;
import dev.quorate.daemon.http.HttpListener;
import java.io.IOException;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// The ports of this node for other machines: where members ask, and where metrics are read. A node
/// that moves to another address answers members there before it arrives.
final class MemberPorts implements AutoCloseable {
  private record Open(String address, HttpListener listener) {}

  private final Supplier<DaemonConfig> config;
  private final Supplier<LiveTls> tls;
  private final HttpHandler routes;
  private final HttpHandler scraping;
  private final IntSupplier sign;
  private Optional<Open> members = Optional.empty();
  private Optional<Open> ahead = Optional.empty();
  private Optional<HttpListener> scraped = Optional.empty();

  /// @param routes answers members
  /// @param scraping answers who reads metrics
  /// @param sign of life: what a member is answered that misses this node in the ring
  MemberPorts(
      Supplier<DaemonConfig> config,
      Supplier<LiveTls> tls,
      HttpHandler routes,
      HttpHandler scraping,
      IntSupplier sign) {
    this.config = config;
    this.tls = tls;
    this.routes = routes;
    this.scraping = scraping;
    this.sign = sign;
  }

  /// Listens at an address, and nowhere else.
  ///
  /// @throws IOException naming the port if that is not to be had
  synchronized void listen(String address) throws IOException {
    if (members.filter(m -> m.address().equals(address)).isEmpty()) {
      Open next = ahead.filter(a -> a.address().equals(address)).orElse(null);
      if (next == null) {
        close();
        next = new Open(address, membersAt(address));
      } else {
        ahead = Optional.empty();
        close();
      }
      members = Optional.of(next);
    }
    int port = config.get().ports().metrics();
    if (scraped.isEmpty() && port > 0) {
      scraped = Optional.of(HttpListener.tcp(address, port, Optional.empty(), scraping));
    }
  }

  /// Answers members at a further address, too.
  synchronized void listenAhead(String address) throws IOException {
    boolean there =
        ahead.or(() -> members).filter(open -> open.address().equals(address)).isPresent();
    if (!there) {
      endAhead();
      ahead = Optional.of(new Open(address, membersAt(address)));
    }
  }

  synchronized void endAhead() {
    ahead.ifPresent(a -> a.listener().close());
    ahead = Optional.empty();
  }

  private HttpListener membersAt(String address) throws IOException {
    return HttpListener.tcp(
        address, config.get().ports().admin(), Optional.of(tls.get()), routes, sign);
  }

  @Override
  public synchronized void close() {
    members.ifPresent(m -> m.listener().close());
    members = Optional.empty();
    scraped.ifPresent(HttpListener::close);
    scraped = Optional.empty();
    endAhead();
  }
}
