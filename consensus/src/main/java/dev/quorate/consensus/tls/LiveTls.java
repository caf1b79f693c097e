package dev.quorate.consensus.tls;

import dev.quorate.membership.NodeId;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// A node's key, certificate and trust, which can be exchanged while connections are being made:
/// every handshake uses what is there at its moment. Thread-safe.
///
/// Connections that exist already are the business of those who hold them: they are told of every
/// exchange ([#onChange]) and ask again ([#refusal]). Sessions are not resumed, since who resumes
/// one shows no certificate.
public final class LiveTls {
  private static final String TICKETS = "jdk.tls.server.newSessionTicketCount";

  static {
    if (System.getProperty(TICKETS) == null) {
      System.setProperty(TICKETS, "0");
    }
  }

  /// What counts at one moment.
  private record Moment(String alias, TlsMaterial material, RevokedNodes revoked) {}

  private final Keys keys = new Keys();
  private final Trust trust = new Trust();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Set<X509Certificate> good = ConcurrentHashMap.newKeySet();
  private volatile Moment now;
  private volatile Moment before;
  private long exchanges;

  /// Begins with these, and nobody's certificate revoked.
  public LiveTls(TlsMaterial first) {
    now = new Moment("node-0", first, RevokedNodes.NONE);
    before = now;
  }

  /// From now on these count.
  public void use(TlsMaterial material) {
    exchange(material, now.revoked());
  }

  /// From now on the certificates of these nodes are refused.
  public void refuse(RevokedNodes revoked) {
    if (!now.revoked().equals(revoked)) {
      exchange(now.material(), revoked);
    }
  }

  private void exchange(TlsMaterial material, RevokedNodes revoked) {
    synchronized (keys) {
      before = now;
      now = new Moment("node-" + ++exchanges, material, revoked);
      good.clear();
    }
    listeners.forEach(Runnable::run);
  }

  /// What counts now.
  public TlsMaterial material() {
    return now.material();
  }

  /// Whose certificates are refused now.
  public RevokedNodes revoked() {
    return now.revoked();
  }

  /// Calls this after every exchange, on the thread that made it.
  ///
  /// @return ends that
  public Runnable onChange(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /// Presents the node's certificate.
  public X509ExtendedKeyManager keyManager() {
    return keys;
  }

  /// Trusts the cluster's authorities, but for certificates that were revoked.
  public X509ExtendedTrustManager trustManager() {
    return trust;
  }

  /// A context for TLS 1.3 with both.
  public SSLContext context() {
    return context(new KeyManager[] {keys});
  }

  /// A context for TLS 1.3 that shows no certificate: for who wants to know why its own is refused.
  public SSLContext anonymous() {
    return context(new KeyManager[0]);
  }

  private SSLContext context(KeyManager[] shown) {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(shown, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new TlsException("TLS 1.3 is not to be had: " + e.getMessage(), e);
    }
  }

  /// Why a peer that has shown these is not, or no longer, to be spoken to; empty if it is.
  public Optional<String> refusal(Certificate[] chain) {
    X509Certificate[] certificates = Arrays.copyOf(chain, chain.length, X509Certificate[].class);
    if (good.contains(certificates[0])) {
      return Optional.empty();
    }
    Moment moment = now;
    try {
      moment.material().trust().checkClientTrusted(certificates, "EC");
      requireUnrevoked(moment, certificates);
      synchronized (keys) {
        if (moment.equals(now)) {
          good.add(certificates[0]);
        }
      }
      return Optional.empty();
    } catch (CertificateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static void requireUnrevoked(Moment moment, X509Certificate[] chain)
      throws CertificateException {
    Optional<NodeId> revoked = moment.revoked().refuses(chain[0]);
    if (revoked.isPresent()) {
      String reason = "the certificate of node " + revoked.get() + " was revoked";
      throw new CertificateException(
          reason, new CertPathValidatorException(reason, null, null, -1, BasicReason.REVOKED));
    }
  }

  /// One handshake asks several times; so the key and certificate before the last exchange are
  /// kept.
  private final class Keys extends X509ExtendedKeyManager {
    private @Nullable String alias(String... types) {
      return Arrays.stream(types).anyMatch("EC"::equals) ? now.alias() : null;
    }

    private @Nullable TlsMaterial material(String alias) {
      Moment current = now;
      Moment last = before;
      return alias.equals(current.alias())
          ? current.material()
          : alias.equals(last.alias()) ? last.material() : null;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return alias(types);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return alias(type);
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return alias(types);
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return alias(type);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      TlsMaterial material = material(alias);
      return material == null ? null : material.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      TlsMaterial material = material(alias);
      return material == null ? null : material.key();
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
      String alias = alias(type);
      return alias == null ? null : new String[] {alias};
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
      return getClientAliases(type, issuers);
    }
  }

  private final class Trust extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      Moment moment = now;
      moment.material().trust().checkClientTrusted(chain, type, socket);
      requireUnrevoked(moment, chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      Moment moment = now;
      moment.material().trust().checkServerTrusted(chain, type, socket);
      requireUnrevoked(moment, chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      Moment moment = now;
      moment.material().trust().checkClientTrusted(chain, type, engine);
      requireUnrevoked(moment, chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      Moment moment = now;
      moment.material().trust().checkServerTrusted(chain, type, engine);
      requireUnrevoked(moment, chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      Moment moment = now;
      moment.material().trust().checkClientTrusted(chain, type);
      requireUnrevoked(moment, chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      Moment moment = now;
      moment.material().trust().checkServerTrusted(chain, type);
      requireUnrevoked(moment, chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return now.material().trust().getAcceptedIssuers();
    }
  }
}
