package dev.warren.containerd.internal.container;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.containers.Container;
import dev.warren.containerd.internal.api.containers.CreateContainerRequest;
import dev.warren.containerd.internal.api.containers.DeleteContainerRequest;
import dev.warren.containerd.internal.api.containers.GetContainerRequest;
import dev.warren.containerd.internal.api.containers.ListContainersRequest;
import dev.warren.containerd.internal.api.containers.UpdateContainerRequest;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.spi.ContainerInfo;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The daemon's records of containers. Thread-safe. */
public final class ContainerRecords {
  private static final String SPEC_TYPE = "types.containerd.io/opencontainers/runtime-spec/1/Spec";

  private final ContainerdClient client;

  public ContainerRecords(ContainerdClient client) {
    this.client = client;
  }

  /** A specification as a record holds it. */
  static Any specification(ByteString json) {
    return Any.newBuilder().setTypeUrl(SPEC_TYPE).setValue(json).build();
  }

  Container create(Container container) {
    CreateContainerRequest request =
        CreateContainerRequest.newBuilder().setContainer(container).build();
    try {
      return client.call(
          "create",
          container.getId(),
          () -> client.stubs().containers().create(request).getContainer());
    } catch (SandboxException e) {
      if (e.code() != Code.ALREADY_EXISTS) {
        throw e;
      }
      throw SandboxException.of(Code.ALREADY_EXISTS, "create", container.getId())
          .backend(ContainerdErrors.BACKEND)
          .detail("there is a container of this id")
          .cause(e)
          .build();
    }
  }

  /** One record. */
  public Optional<Container> find(String id) {
    if (!ContainerIds.isValid(id)) {
      return Optional.empty();
    }
    GetContainerRequest request = GetContainerRequest.newBuilder().setId(id).build();
    return client.call(
        "find container",
        id,
        () -> {
          try {
            return Optional.of(client.stubs().containers().get(request).getContainer());
          } catch (StatusRuntimeException e) {
            if (ContainerdErrors.isNotFound(e)) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  /**
   * One record.
   *
   * @throws SandboxException {@code NOT_FOUND}
   */
  public Container get(String operation, String id) {
    return find(id)
        .orElseThrow(
            () ->
                SandboxException.of(Code.NOT_FOUND, operation, id)
                    .backend(ContainerdErrors.BACKEND)
                    .detail("there is no such container")
                    .build());
  }

  /** Those that match a filter, or all, sorted by id. */
  public List<Container> list(String... filters) {
    ListContainersRequest request =
        ListContainersRequest.newBuilder().addAllFilters(List.of(filters)).build();
    List<Container> found =
        client.call(
            "list containers",
            "",
            () -> client.stubs().containers().list(request).getContainersList());
    return found.stream().sorted(Comparator.comparing(Container::getId)).toList();
  }

  /** Replaces the specification of a container. */
  public void updateSpecification(String id, ByteString json) {
    UpdateContainerRequest request =
        UpdateContainerRequest.newBuilder()
            .setContainer(Container.newBuilder().setId(id).setSpec(specification(json)))
            .setUpdateMask(FieldMask.newBuilder().addPaths("spec"))
            .build();
    client.call("update container", id, () -> client.stubs().containers().update(request));
  }

  /** Deletes a record; absence is success. */
  public void delete(String id) {
    DeleteContainerRequest request = DeleteContainerRequest.newBuilder().setId(id).build();
    client.call(
        "delete",
        id,
        () -> {
          try {
            return client.stubs().containers().delete(request);
          } catch (StatusRuntimeException e) {
            if (ContainerdErrors.isNotFound(e)) {
              return null;
            }
            throw e;
          }
        });
  }

  public static ContainerInfo info(Container container) {
    Timestamp created = container.getCreatedAt();
    return new ContainerInfo(
        container.getId(),
        container.getImage(),
        container.getLabelsMap(),
        Instant.ofEpochSecond(created.getSeconds(), created.getNanos()));
  }
}
