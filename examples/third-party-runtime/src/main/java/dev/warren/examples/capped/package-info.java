/** A runtime that is none of Warren's, to show how one is written and put to the contract. */
package dev.warren.examples.capped;
