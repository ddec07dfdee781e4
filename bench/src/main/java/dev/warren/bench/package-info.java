/** Measures Warren beside what it competes with, in one run. Nothing here is a test. */
package dev.warren.bench;
