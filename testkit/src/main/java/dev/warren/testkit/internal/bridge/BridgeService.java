package dev.warren.testkit.internal.bridge;

import com.google.protobuf.ByteString;
import dev.warren.bridge.v1.ContainerServiceGrpc.ContainerServiceImplBase;
import dev.warren.bridge.v1.DeleteFileRequest;
import dev.warren.bridge.v1.DeleteFileResponse;
import dev.warren.bridge.v1.ExportRequest;
import dev.warren.bridge.v1.ExportResponse;
import dev.warren.bridge.v1.HelloRequest;
import dev.warren.bridge.v1.HelloResponse;
import dev.warren.bridge.v1.ImportRequest;
import dev.warren.bridge.v1.ImportResponse;
import dev.warren.bridge.v1.ListDirRequest;
import dev.warren.bridge.v1.ListDirResponse;
import dev.warren.bridge.v1.ListProcessesRequest;
import dev.warren.bridge.v1.ListProcessesResponse;
import dev.warren.bridge.v1.MkdirRequest;
import dev.warren.bridge.v1.MkdirResponse;
import dev.warren.bridge.v1.ProcessInput;
import dev.warren.bridge.v1.ProcessOutput;
import dev.warren.bridge.v1.ReadFileRequest;
import dev.warren.bridge.v1.ReadFileResponse;
import dev.warren.bridge.v1.ReadRawRequest;
import dev.warren.bridge.v1.ReadRawResponse;
import dev.warren.bridge.v1.Reason;
import dev.warren.bridge.v1.RenameRequest;
import dev.warren.bridge.v1.RenameResponse;
import dev.warren.bridge.v1.SignalRequest;
import dev.warren.bridge.v1.SignalResponse;
import dev.warren.bridge.v1.StatRequest;
import dev.warren.bridge.v1.StatResponse;
import dev.warren.bridge.v1.WriteFileRequest;
import dev.warren.bridge.v1.WriteFileResponse;
import dev.warren.bridge.v1.WriteRawRequest;
import dev.warren.bridge.v1.WriteRawResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.security.GeneralSecurityException;
import java.time.Instant;

/** Hands the calls of the protocol to those who know how. Thread-safe. */
final class BridgeService extends ContainerServiceImplBase {
  private final String sandbox;
  private final BootIdentity identity;
  private final Misbehaviour answers;
  private final FileReading reading;
  private final FileWriting writing;
  private final Archives archives;
  private final ProcessTable processes;
  private final Instant boot = Instant.now();

  BridgeService(
      String sandbox,
      BootIdentity identity,
      Misbehaviour answers,
      LayerFiles files,
      ProcessTable processes) {
    this.sandbox = sandbox;
    this.identity = identity;
    this.answers = answers;
    this.reading = new FileReading(files);
    this.writing = new FileWriting(files);
    this.archives = new Archives(files, answers);
    this.processes = processes;
  }

  @Override
  public void hello(HelloRequest request, StreamObserver<HelloResponse> caller) {
    Refusal.answer(caller, () -> hello(request));
  }

  private HelloResponse hello(HelloRequest request) {
    String shown = answers.sandbox(sandbox);
    if (shown.equals(sandbox) && !request.getSandboxId().equals(sandbox)) {
      throw Refusal.of(
          Status.Code.FAILED_PRECONDITION, Reason.REASON_WRONG_SANDBOX, "this is " + sandbox);
    }
    int version = answers.protocol();
    if (request.getProtocolVersion() != version) {
      throw Refusal.of(
          Status.Code.FAILED_PRECONDITION,
          Reason.REASON_PROTOCOL_VERSION,
          "this bridge speaks version " + version);
    }
    try {
      BootIdentity signer = answers.forged() ? new BootIdentity() : identity;
      byte[] signature =
          signer.signHello(shown, identity.instance(), request.getNonce().toByteArray());
      return HelloResponse.newBuilder()
          .setProtocolVersion(version)
          .setSandboxId(shown)
          .setInstance(identity.instance())
          .setBridgeVersion("fake")
          .setPublicKey(ByteString.copyFrom(identity.publicKey()))
          .setSignature(ByteString.copyFrom(signature))
          .setBootUnixMillis(boot.toEpochMilli())
          .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void readFile(ReadFileRequest request, StreamObserver<ReadFileResponse> caller) {
    Refusal.answer(caller, () -> reading.readFile(request));
  }

  @Override
  public void writeFile(WriteFileRequest request, StreamObserver<WriteFileResponse> caller) {
    Refusal.answer(caller, () -> writing.writeFile(request));
  }

  @Override
  public void listDir(ListDirRequest request, StreamObserver<ListDirResponse> caller) {
    Refusal.answer(caller, () -> reading.listDir(request));
  }

  @Override
  public void stat(StatRequest request, StreamObserver<StatResponse> caller) {
    Refusal.answer(caller, () -> reading.stat(request));
  }

  @Override
  public void mkdir(MkdirRequest request, StreamObserver<MkdirResponse> caller) {
    Refusal.answer(caller, () -> writing.mkdir(request));
  }

  @Override
  public void rename(RenameRequest request, StreamObserver<RenameResponse> caller) {
    Refusal.answer(caller, () -> writing.rename(request));
  }

  @Override
  public void deleteFile(DeleteFileRequest request, StreamObserver<DeleteFileResponse> caller) {
    Refusal.answer(caller, () -> writing.delete(request));
  }

  @Override
  public void readRaw(ReadRawRequest request, StreamObserver<ReadRawResponse> caller) {
    reading.readRaw(request, caller);
  }

  @Override
  public StreamObserver<WriteRawRequest> writeRaw(StreamObserver<WriteRawResponse> caller) {
    return writing.writeRaw(caller);
  }

  @Override
  public void export(ExportRequest request, StreamObserver<ExportResponse> caller) {
    archives.export(request, caller);
  }

  @Override
  public StreamObserver<ImportRequest> import_(StreamObserver<ImportResponse> caller) {
    return archives.importInto(caller);
  }

  @Override
  public StreamObserver<ProcessInput> exec(StreamObserver<ProcessOutput> caller) {
    return processes.open(caller);
  }

  @Override
  public StreamObserver<ProcessInput> attach(StreamObserver<ProcessOutput> caller) {
    return processes.open(caller);
  }

  @Override
  public void listProcesses(
      ListProcessesRequest request, StreamObserver<ListProcessesResponse> caller) {
    Refusal.answer(caller, processes::list);
  }

  @Override
  public void signal(SignalRequest request, StreamObserver<SignalResponse> caller) {
    Refusal.answer(caller, () -> processes.signal(request));
  }
}
