/** A small service that runs the scripts of bots, to show how such a service is tested. */
package dev.warren.examples.botservice;
