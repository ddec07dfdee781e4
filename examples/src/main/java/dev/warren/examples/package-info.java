/** Programs a newcomer runs. */
package dev.warren.examples;
