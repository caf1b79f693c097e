package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quorate.consensus.tls.NodeCertificate;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.secrets.SecretsException;
import dev.quorate.resource.CertificateTrust;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks after this node's certificate: renews it in time or when another authority issues, follows
/// what the cluster agrees on, and says why nobody speaks to this node if its certificate is why.
///
/// All on one thread of its own.
final class CertificateKeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CertificateKeeper.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
  private static final Duration RENEW_AGAIN = Duration.ofMinutes(1);
  private static final Duration EXCHANGE_AGAIN = Duration.ofSeconds(10);
  private static final Duration ASK = Duration.ofSeconds(3);

  private final NodeCertificates certificates;
  private final CertificateDesk desk;
  private final Supplier<DaemonConfig> config;
  private final BooleanSupplier quorate;
  private final ScheduledThreadPoolExecutor thread;
  private volatile String trouble = "";
  private Optional<Instant> tried = Optional.empty();
  private volatile Optional<CertificateTrust> last = Optional.empty();

  /// @param quorate whether the log is heard
  CertificateKeeper(
      NodeCertificates certificates,
      CertificateDesk desk,
      Supplier<DaemonConfig> config,
      BooleanSupplier quorate) {
    this.certificates = certificates;
    this.desk = desk;
    this.config = config;
    this.quorate = quorate;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("certificates").factory());
    var _ =
        thread.scheduleWithFixedDelay(
            this::look, LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// What an operator must know.
  List<String> warnings() {
    String text = trouble;
    return text.isEmpty() ? List.of() : List.of(text);
  }

  /// The cluster agreed on this. Returns at once.
  void agreed(CertificateTrust trust) {
    if (trust.version() <= 0) {
      return;
    }
    try {
      thread.execute(() -> {
        last = Optional.of(trust);
        try {
          if (followed()) {
            look();
          }
        } catch (SecretsException e) {
          say(String.valueOf(e.getMessage()));
        }
      });
    } catch (RejectedExecutionException _) {
      // The daemon ends.
      return;
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  /// Takes one look.
  void look() {
    Optional<Identity> identity = config.get().identity();
    if (identity.isEmpty()) {
      return;
    }
    try {
      // Also what could not be stored when it was agreed on: nothing else may come for hours.
      var _ = followed();
      Instant now = Instant.now();
      NodeCertificate own = certificates.own();
      Optional<String> unusable = own.unusable(now);
      if (unusable.isPresent()) {
        say(unusable.get() + ": set the clock, or join again with a new token");
      } else if (!quorate.getAsBoolean() && refused(identity.get(), own)) {
        return;
      } else if (due(own, now)) {
        renew(own, now);
      } else if (certificates.unstored().isPresent()) {
        say(
            "what the cluster agreed on about certificates cannot be stored, and is tried again: "
                + certificates.unstored().get());
      } else {
        trouble = "";
      }
    } catch (SecretsException e) {
      say(String.valueOf(e.getMessage()));
    }
  }

  private boolean followed() {
    boolean news = last.isPresent() && certificates.follow(last.get());
    if (news) {
      tried = Optional.empty();
    }
    return news;
  }

  private boolean due(NodeCertificate own, Instant now) {
    boolean wanted = !now.isBefore(own.renewFrom()) || !certificates.issuedByPresentAuthority();
    Duration pause = certificates.issuedByPresentAuthority() ? RENEW_AGAIN : EXCHANGE_AGAIN;
    boolean again = tried.map(last -> !now.isBefore(last.plus(pause))).orElse(true);
    return wanted && again;
  }

  private void renew(NodeCertificate own, Instant now) {
    tried = Optional.of(now);
    try {
      desk.renew();
      trouble = "";
    } catch (HactlError e) {
      say(
          "the certificate of this node expires at %s, and cannot be renewed: %s"
              .formatted(own.until(), e.message()));
    }
  }

  /// Asks others why they do not speak to this node; whether that is because of its certificate.
  private boolean refused(Identity identity, NodeCertificate own) {
    String body =
        ClusterJson.mapper()
            .createObjectNode()
            .put("node", identity.node().name())
            .put("serial", own.serial())
            .toString();
    for (String address : identity.peers().values()) {
      try {
        JsonNode answer =
            ClusterJson.mapper()
                .readTree(
                    MemberClient.post(
                        certificates.tls().anonymous(),
                        address,
                        config.get().ports().admin(),
                        "/v1/standing",
                        body,
                        ASK));
        if (answer.path("revoked").asBoolean()) {
          say(
              "the cluster has revoked the certificate of this node, says %s (%s, by %s at %s): to let it take part again, stop quorate, remove %s and join with a new token"
                  .formatted(
                      address,
                      answer.path("reason").asText(),
                      answer.path("client").asText(),
                      answer.path("moment").asText(),
                      config.get().stateDirectory()));
          return true;
        }
      } catch (HactlError | IOException e) {
        log.atDebug().addKeyValue("reason", e.getMessage()).log("peer not asked");
      }
    }
    return false;
  }

  private void say(String text) {
    if (!text.equals(trouble)) {
      trouble = text;
      log.atError()
          .addKeyValue("code", "HA-CERT-001")
          .addKeyValue("reason", text)
          .log("certificate of this node needs attention");
    }
  }
}
