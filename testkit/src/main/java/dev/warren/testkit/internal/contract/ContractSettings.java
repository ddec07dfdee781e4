package dev.warren.testkit.internal.contract;

import dev.warren.ImageRef;
import dev.warren.spi.SandboxRuntime;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.IntFunction;

/** What a runtime's contract test supplies. */
public record ContractSettings(
    Callable<SandboxRuntime> open,
    ImageRef image,
    boolean registryAnswers,
    String idPrefix,
    List<String> sleepForever,
    List<String> ignoreTerm,
    IntFunction<List<String>> exitWith,
    Function<String, List<String>> print,
    Function<String, List<String>> appendAndShow,
    BiPredicate<SandboxRuntime, String> loseContainer) {}
