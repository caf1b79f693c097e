package dev.quorate.daemon.cli;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// `hactl`: carries words to the daemon of this node and text back.
///
/// It starts fast because it knows nothing: the daemon parses, checks and executes. Only `simulate`
/// and `pg drill` run here, so that they need no daemon, and files of the user are read and written
/// here.
public final class Hactl {
  private static final String STANDARD_SOCKET = "/run/quorate/quorate.sock";

  private Hactl() {}

  /// Runs one command and exits with its code.
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments)));
  }

  private static int run(List<String> arguments) {
    String socket = System.getenv().getOrDefault("QUORATE_SOCKET", STANDARD_SOCKET);
    List<String> words = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      if (word.equals("--socket") && i + 1 < arguments.size()) {
        socket = arguments.get(++i);
      } else if (word.startsWith("--socket=")) {
        socket = word.substring("--socket=".length());
      } else {
        words.add(word);
      }
    }
    boolean help = words.isEmpty() || words.contains("--help") || words.contains("-h");
    if (help || words.getFirst().equals("help")) {
      words.removeIf(word -> word.startsWith("-"));
      if (words.isEmpty() || !words.getFirst().equals("help")) {
        words.addFirst("help");
      }
      HactlReference.help(words).forEach(System.out::println);
      return arguments.isEmpty() ? ExitCode.USAGE.code() : ExitCode.OK.code();
    }
    try {
      if (words.getFirst().equals("simulate")) {
        return simulate(socket, words.subList(1, words.size()));
      }
      if (words.size() > 1 && words.subList(0, 2).equals(List.of("pg", "drill"))) {
        return PgDrill.run(words.subList(2, words.size()), new Terminal()).code();
      }
      return ask(socket, words);
    } catch (HactlError e) {
      CommandTree.report(e, words.contains("--json") || words.contains("json"), new Errors());
      return e.exit().code();
    }
  }

  private static int ask(String socket, List<String> words) {
    DocumentFile file = DocumentFile.of(words, System.in);
    if (file.target().isEmpty()) {
      return exchange(socket, file.words(), Hactl::print);
    }
    Path target = file.target().get();
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    int exit = exchange(socket, file.words(), answer::writeBytes);
    if (exit == ExitCode.OK.code()) {
      try {
        DocumentFile.write(target, answer.toByteArray());
      } catch (IOException e) {
        throw HactlError.failed(
            "cannot write " + target + " (" + Simulate.reason(e) + ")", "choose another place");
      }
    }
    return exit;
  }

  /// Without a document, that of the running cluster is taken.
  private static int simulate(String socket, List<String> words) {
    if (words.stream().anyMatch(w -> w.startsWith("--cib") || w.startsWith("--cases"))) {
      return Simulate.fromTerminal(words, System.in).code();
    }
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of("--cib", "-"));
    var _ = SimulateOptions.parse(all);
    ByteArrayOutputStream document = new ByteArrayOutputStream();
    int exit = exchange(socket, List.of("cib", "export"), document::writeBytes);
    if (exit != ExitCode.OK.code()) {
      System.err.println("       or simulate a document: hactl simulate --cib FILE");
      return exit;
    }
    return Simulate.fromTerminal(all, new ByteArrayInputStream(document.toByteArray())).code();
  }

  private static int exchange(String socket, List<String> words, Consumer<byte[]> output) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      send(channel, words);
      return receive(channel, output);
    } catch (IOException | UnsupportedOperationException e) {
      return unreachable(socket, String.valueOf(e.getMessage()));
    }
  }

  private static int unreachable(String socket, String reason) {
    boolean denied = reason.toLowerCase(java.util.Locale.ROOT).contains("permission");
    System.err.println("Error: quorated does not answer on " + socket + " (" + reason + ")");
    System.err.println(
        denied
            ? "       be root, or a member of group quorate"
            : "       start it with 'systemctl start quorate', or name its socket with --socket");
    return denied ? ExitCode.PERMISSION.code() : ExitCode.FAILED.code();
  }

  private static void send(SocketChannel channel, List<String> words) throws IOException {
    String body =
        words.stream()
            .map(word -> URLEncoder.encode(word, StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    String request =
        "POST /v1/run HTTP/1.1\r\nHost: quorate\r\nConnection: close\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /// Chunks of lines: `o` is output, `e` a remark, `x` the exit code.
  private static int receive(SocketChannel channel, Consumer<byte[]> output) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    String line = in.readLine();
    while (line != null && !line.isEmpty()) {
      line = in.readLine();
    }
    StringBuilder text = new StringBuilder();
    for (line = in.readLine(); line != null; line = in.readLine()) {
      if (line.isEmpty()) {
        continue;
      }
      char kind = line.charAt(0);
      switch (kind) {
        case 'o' -> text.append(line, 1, line.length()).append('\n');
        case 'e' -> {
          flush(text, output);
          System.err.println(line.substring(1));
        }
        case 'x' -> {
          flush(text, output);
          return Integer.parseInt(line.substring(1).strip());
        }
        default -> flush(text, output);
      }
    }
    flush(text, output);
    System.err.println("Error: quorated ended before the command did");
    System.err.println("       see its log, and 'hactl status' for what was done");
    return ExitCode.FAILED.code();
  }

  private static void flush(StringBuilder text, Consumer<byte[]> output) {
    if (!text.isEmpty()) {
      output.accept(text.toString().getBytes(StandardCharsets.UTF_8));
      text.setLength(0);
    }
  }

  private static void print(byte[] bytes) {
    System.out.write(bytes, 0, bytes.length);
    System.out.flush();
  }

  /// What a command that runs here says, at once.
  private static final class Terminal implements Output {
    @Override
    public void line(String text) {
      System.out.println(text);
    }

    @Override
    public void remark(String text) {
      System.err.println(text);
    }
  }

  /// Everything goes to the standard error output.
  private static final class Errors implements Output {
    @Override
    public void line(String text) {
      System.err.println(text);
    }

    @Override
    public void remark(String text) {
      System.err.println(text);
    }
  }
}
