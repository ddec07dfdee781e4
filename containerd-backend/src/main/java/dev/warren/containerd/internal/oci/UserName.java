package dev.warren.containerd.internal.oci;

import dev.warren.SandboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A user as asked for: {@code name}, {@code uid}, {@code name:group} or {@code uid:gid}.
 *
 * @param group empty: the user's own
 */
public record UserName(String user, Optional<String> group) {
  private static final long MAX_ID = 0xFFFF_FFFEL;

  /** The image's account files; empty text where there is none. */
  public interface Accounts {
    String passwd();

    String group();
  }

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public static UserName parse(String text, String subject) {
    int colon = text.indexOf(':');
    String user = colon < 0 ? text : text.substring(0, colon);
    Optional<String> group = colon < 0 ? Optional.empty() : Optional.of(text.substring(colon + 1));
    UserName name = new UserName(user, group);
    if (isBad(user) || group.map(UserName::isBad).orElse(false)) {
      throw SandboxException.invalid(
          "check user", subject, "'" + text + "' is no user, such as 1000, app or app:staff");
    }
    return name;
  }

  private static boolean isBad(String text) {
    boolean number = text.matches("[0-9]+");
    return text.isEmpty()
        || text.length() > 256
        || text.matches(".*[:\\s\\p{Cntrl}].*")
        || (number && (text.length() > 10 || Long.parseLong(text) > MAX_ID));
  }

  /** Whether the numbers can be told without looking into the image. */
  public boolean numeric() {
    boolean root = user.equals("root") || user.equals("0");
    return group.map(name -> isNumber(name) && (root || isNumber(user))).orElse(root);
  }

  private static boolean isNumber(String text) {
    return text.matches("[0-9]+");
  }

  /**
   * Looks the names up. A number without an entry has the group 0, as with other engines.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT} when the image does not know a name
   */
  public ResolvedUser resolve(Accounts accounts, String subject) {
    if (numeric()) {
      long gid = group.map(Long::parseLong).orElse(0L);
      return new ResolvedUser(user.equals("root") ? 0 : Long.parseLong(user), gid, List.of());
    }
    String[] entry = find(accounts.passwd(), user, 4);
    if (entry.length == 0 && !isNumber(user)) {
      throw unknown("user", user, subject);
    }
    long uid = isNumber(user) ? Long.parseLong(user) : number(entry[2], subject);
    if (group.isEmpty()) {
      long gid = entry.length == 0 ? 0 : number(entry[3], subject);
      String name = entry.length == 0 ? user : entry[0];
      return new ResolvedUser(uid, gid, memberships(accounts.group(), name, subject));
    }
    return new ResolvedUser(uid, gid(accounts.group(), group.get(), subject), List.of());
  }

  private static long gid(String file, String group, String subject) {
    if (isNumber(group)) {
      return Long.parseLong(group);
    }
    String[] entry = find(file, group, 3);
    if (entry.length == 0) {
      throw unknown("group", group, subject);
    }
    return number(entry[2], subject);
  }

  private static String[] find(String file, String name, int fields) {
    for (String line : file.split("\n", -1)) {
      String[] parts = line.split(":", -1);
      if (parts.length >= fields && (parts[0].equals(name) || parts[2].equals(name))) {
        return parts;
      }
    }
    return new String[0];
  }

  private static List<Long> memberships(String file, String user, String subject) {
    List<Long> ids = new ArrayList<>();
    for (String line : file.split("\n", -1)) {
      String[] parts = line.split(":", -1);
      if (parts.length >= 4 && List.of(parts[3].split(",", -1)).contains(user)) {
        ids.add(number(parts[2], subject));
      }
    }
    return ids;
  }

  private static long number(String text, String subject) {
    if (!isNumber(text) || text.length() > 10 || Long.parseLong(text) > MAX_ID) {
      throw SandboxException.invalid(
          "check user", subject, "the image's account files have a bad number");
    }
    return Long.parseLong(text);
  }

  private static SandboxException unknown(String kind, String name, String subject) {
    return SandboxException.invalid(
        "check user", subject, "the image has no " + kind + " '" + name + "'");
  }
}
