package dev.warren.release;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.maven.model.Model;
import org.apache.maven.model.io.xpp3.MavenXpp3Reader;
import org.codehaus.plexus.util.xml.pull.XmlPullParserException;

/** The modules of this repository, as their poms tell. */
final class Modules {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private Modules() {}

  /** Those that users get, but the parent and the BOM. */
  static List<Module> published() {
    Model parent = pom(ROOT);
    return Stream.concat(
            parent.getModules().stream(),
            parent.getProfiles().stream().flatMap(profile -> profile.getModules().stream()))
        .map(ROOT::resolve)
        .map(directory -> new Module(directory, pom(directory)))
        .filter(module -> !module.pom().getProperties().containsKey("maven.deploy.skip"))
        .filter(module -> !module.pom().getPackaging().equals("pom"))
        .toList();
  }

  static Model pom(Path directory) {
    try (Reader pom = Files.newBufferedReader(directory.resolve("pom.xml"))) {
      return new MavenXpp3Reader().read(pom);
    } catch (IOException | XmlPullParserException e) {
      throw new IllegalStateException("cannot read the pom of " + directory, e);
    }
  }

  record Module(Path directory, Model pom) {
    String artifact() {
      return pom.getArtifactId();
    }

    /** The jar with the given classifier, which is empty for that of the classes. */
    Path jar(String classifier) {
      String version = Modules.pom(ROOT).getVersion();
      String suffix = classifier.isEmpty() ? "" : "-" + classifier;
      return directory.resolve("target/" + artifact() + "-" + version + suffix + ".jar");
    }

    @Override
    public String toString() {
      return artifact();
    }
  }
}
