/**
 * Run by the build, not by the server: a class that Chronicle Map would else compile at each start,
 * the pages of the manual, and the documents as they are in packages.
 */
package io.larch.tools.build;
