package dev.warren.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.maven.model.Dependency;
import org.apache.maven.model.DependencyManagement;
import org.apache.maven.model.Model;
import org.apache.maven.model.Parent;
import org.apache.maven.model.Repository;
import org.apache.maven.model.building.DefaultModelBuilderFactory;
import org.apache.maven.model.building.DefaultModelBuildingRequest;
import org.apache.maven.model.building.FileModelSource;
import org.apache.maven.model.building.ModelBuildingException;
import org.apache.maven.model.building.ModelSource2;
import org.apache.maven.model.resolution.ModelResolver;
import org.junit.jupiter.api.Test;

/** What a project gets that imports the BOM. */
class BomTest {
  @Test
  void projectThatImportsTheBom_getsVersionsOfAllPublishedModulesAndNothingElse() throws Exception {
    Model bom = Modules.pom(Modules.ROOT.resolve("bom"));

    List<Dependency> managed =
        effective(importing(bom)).getDependencyManagement().getDependencies();

    assertThat(managed).extracting(Dependency::getGroupId).containsOnly("dev.warren");
    assertThat(managed)
        .extracting(Dependency::getArtifactId)
        .containsExactlyInAnyOrderElementsOf(
            Modules.published().stream().map(Modules.Module::artifact).toList());
    assertThat(managed)
        .extracting(Dependency::getVersion)
        .containsOnly(Modules.pom(Modules.ROOT).getVersion());
  }

  private static Model importing(Model bom) {
    Dependency dependency = new Dependency();
    dependency.setGroupId(bom.getGroupId());
    dependency.setArtifactId(bom.getArtifactId());
    dependency.setVersion(bom.getVersion());
    dependency.setType("pom");
    dependency.setScope("import");
    Model project = new Model();
    project.setModelVersion("4.0.0");
    project.setGroupId("com.example");
    project.setArtifactId("bots");
    project.setVersion("1");
    project.setDependencyManagement(new DependencyManagement());
    project.getDependencyManagement().addDependency(dependency);
    return project;
  }

  private static Model effective(Model project) throws ModelBuildingException {
    DefaultModelBuildingRequest request = new DefaultModelBuildingRequest();
    request.setRawModel(project);
    request.setModelResolver(new BomOnly());
    return new DefaultModelBuilderFactory().newInstance().build(request).getEffectiveModel();
  }

  /** A repository with nothing in it but the BOM. */
  private static final class BomOnly implements ModelResolver {
    @Override
    public ModelSource2 resolveModel(String group, String artifact, String version) {
      assertThat(group + ":" + artifact).isEqualTo("dev.warren:warren-bom");
      return new FileModelSource(Modules.ROOT.resolve("bom/pom.xml").toFile());
    }

    @Override
    public ModelSource2 resolveModel(Parent parent) {
      return resolveModel(parent.getGroupId(), parent.getArtifactId(), parent.getVersion());
    }

    @Override
    public ModelSource2 resolveModel(Dependency dependency) {
      return resolveModel(
          dependency.getGroupId(), dependency.getArtifactId(), dependency.getVersion());
    }

    @Override
    public void addRepository(Repository repository) {}

    @Override
    public void addRepository(Repository repository, boolean replace) {}

    @Override
    public ModelResolver newCopy() {
      return this;
    }
  }
}
