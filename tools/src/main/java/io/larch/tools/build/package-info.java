/**
 * Run by the build, not by the server: a class that Chronicle Map would else compile at each start,
 * and the pages of the manual.
 */
package io.larch.tools.build;
