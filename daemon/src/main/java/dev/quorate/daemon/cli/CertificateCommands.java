package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.CertificateTrust;
import dev.quorate.resource.ClusterCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `cluster certificate …`
final class CertificateCommands {
  private static final int LONGEST_REASON = 200;

  private CertificateCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "cluster certificate list",
            "[-o json]",
            "Shows the certificate of each node, the authorities that are trusted, and what was"
                + " revoked.",
            CertificateCommands::list),
        Command.of(
                "cluster certificate rotate",
                "[NODE…|--all|--authority]",
                "Gives nodes a new key and certificate while everything goes on: this node if none is"
                    + " named. With --authority the authority is exchanged, and every node's"
                    + " certificate with it; on the first node. If a node is down, type it again when"
                    + " it has returned.",
                CertificateCommands::rotate)
            .with(Options.AUTHORITY),
        Command.of(
                "cluster certificate revoke",
                "NODE --reason TEXT [--force]",
                "Ends every certificate of a node, within seconds and for good: it needs a new token to"
                    + " take part again.",
                CertificateCommands::revoke)
            .with(Options.REASON));
  }

  private static void list(Invocation in) {
    in.words().end();
    List<CertificateFacts> all = in.cluster().certificates();
    CertificateTrust trust = in.cluster().state().trust();
    if (in.options().json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("schema", 1);
      json.put("certificates", all.stream().map(CertificateFacts::map).toList());
      Map<String, Object> revoked = new LinkedHashMap<>();
      trust.revoked().forEach((node, r) -> revoked.put(node.name(), revocation(r)));
      json.put("revoked", revoked);
      in.out().line(JsonText.pretty(json));
      return;
    }
    Instant now = in.cluster().now().toInstant();
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NODE", "SERIAL", "EXPIRES", "DAYS", "AUTHORITY", "TRUSTS", ""));
    all.forEach(facts -> rows.add(row(facts, trust, now)));
    Columns.of(rows, "").forEach(in.out()::line);
    trust
        .revoked()
        .forEach((node, r) ->
            in.out()
                .line(
                    "Revoked: %s by %s at %s: %s%s"
                        .formatted(
                            node,
                            r.client(),
                            Instant.ofEpochMilli(r.wallMillis()),
                            r.reason(),
                            r.admitted().isEmpty() ? "" : "; it has joined again since")));
  }

  private static Map<String, Object> revocation(CertificateTrust.Revocation revocation) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("reason", revocation.reason());
    json.put("client", revocation.client());
    json.put("moment", Instant.ofEpochMilli(revocation.wallMillis()).toString());
    json.put("joined_again", !revocation.admitted().isEmpty());
    return json;
  }

  private static List<String> row(CertificateFacts facts, CertificateTrust trust, Instant now) {
    String name = facts.node().name();
    if (trust.shutOut(facts.node())) {
      return List.of(name, "-", "-", "-", "-", "-", "revoked");
    }
    if (!facts.problem().isEmpty()) {
      return List.of(name, "?", "?", "?", "?", "?", facts.problem());
    }
    return List.of(
        name,
        facts.serial(),
        facts.until().toString(),
        Long.toString(Duration.between(now, facts.until()).toDays()),
        facts.issuer().isEmpty() ? "unknown" : facts.issuer(),
        String.join(",", facts.trusted()),
        facts.holder() ? "holds the authority" : "");
  }

  private static void rotate(Invocation in) {
    if (in.options().own().containsKey(Options.AUTHORITY)) {
      in.words().end();
      in.cluster().exchangeAuthority(in.client()).forEach(in.out()::line);
      return;
    }
    List<NodeId> targets = ClusterCommands.targets(in);
    in.cluster().renewCertificates(targets).forEach(in.out()::line);
  }

  private static void revoke(Invocation in) {
    NodeId node = new NodeId(in.words().take("NODE"));
    in.words().end();
    String reason = in.options().own().getOrDefault(Options.REASON, "").strip();
    if (reason.isEmpty() || reason.length() > LONGEST_REASON) {
      throw HactlError.usage(
          "say why, in 1 to %d characters".formatted(LONGEST_REASON),
          "hactl cluster certificate revoke n3 --reason 'its disk was stolen'");
    }
    if (in.cluster().facts().self().filter(node::equals).isPresent()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-CERT-030",
          "a node cannot revoke its own certificate: it would not see it done",
          "type this on another node");
    }
    boolean holder =
        in.cluster().certificates().stream().anyMatch(f -> f.node().equals(node) && f.holder());
    if (holder && !in.options().force()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-CERT-031",
          node + " holds the authority: without it nobody can issue certificates or tokens",
          "insist with --force; certificates then last until they expire");
    }
    in.propose(new ClusterCommand.RevokeCertificate(node, reason, in.client()));
    in.out().line("No certificate of " + node + " counts any more.");
    in.out()
        .line(
            "It still has the ring's key: type 'hactl ring rekey' on the first node to end that.");
  }
}
