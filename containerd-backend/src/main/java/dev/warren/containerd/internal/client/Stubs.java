package dev.warren.containerd.internal.client;

import dev.warren.containerd.internal.api.containers.ContainersGrpc;
import dev.warren.containerd.internal.api.content.ContentGrpc;
import dev.warren.containerd.internal.api.diff.DiffGrpc;
import dev.warren.containerd.internal.api.events.EventsGrpc;
import dev.warren.containerd.internal.api.images.ImagesGrpc;
import dev.warren.containerd.internal.api.introspection.IntrospectionGrpc;
import dev.warren.containerd.internal.api.leases.LeasesGrpc;
import dev.warren.containerd.internal.api.namespaces.NamespacesGrpc;
import dev.warren.containerd.internal.api.snapshots.SnapshotsGrpc;
import dev.warren.containerd.internal.api.streaming.StreamingGrpc;
import dev.warren.containerd.internal.api.tasks.TasksGrpc;
import dev.warren.containerd.internal.api.transfer.TransferGrpc;
import dev.warren.containerd.internal.api.version.VersionGrpc;
import io.grpc.Channel;

/**
 * The daemon's services on one channel, with the namespace, the lease and a deadline already on
 * each call. Streams and waits have asynchronous stubs. Immutable and thread-safe; cheap to make.
 */
public final class Stubs {
  private final Channel channel;

  Stubs(Channel channel) {
    this.channel = channel;
  }

  public ContainersGrpc.ContainersBlockingStub containers() {
    return ContainersGrpc.newBlockingStub(channel);
  }

  public TasksGrpc.TasksBlockingStub tasks() {
    return TasksGrpc.newBlockingStub(channel);
  }

  public SnapshotsGrpc.SnapshotsBlockingStub snapshots() {
    return SnapshotsGrpc.newBlockingStub(channel);
  }

  public ContentGrpc.ContentBlockingStub content() {
    return ContentGrpc.newBlockingStub(channel);
  }

  public ContentGrpc.ContentStub contentAsync() {
    return ContentGrpc.newStub(channel);
  }

  public DiffGrpc.DiffBlockingStub diff() {
    return DiffGrpc.newBlockingStub(channel);
  }

  public ImagesGrpc.ImagesBlockingStub images() {
    return ImagesGrpc.newBlockingStub(channel);
  }

  public LeasesGrpc.LeasesBlockingStub leases() {
    return LeasesGrpc.newBlockingStub(channel);
  }

  public EventsGrpc.EventsStub eventsAsync() {
    return EventsGrpc.newStub(channel);
  }

  public VersionGrpc.VersionBlockingStub version() {
    return VersionGrpc.newBlockingStub(channel);
  }

  public IntrospectionGrpc.IntrospectionBlockingStub introspection() {
    return IntrospectionGrpc.newBlockingStub(channel);
  }

  public NamespacesGrpc.NamespacesBlockingStub namespaces() {
    return NamespacesGrpc.newBlockingStub(channel);
  }

  public TransferGrpc.TransferBlockingStub transfer() {
    return TransferGrpc.newBlockingStub(channel);
  }

  public StreamingGrpc.StreamingStub streamingAsync() {
    return StreamingGrpc.newStub(channel);
  }
}
