/**
 * Run by the build, not by the server: a class that Chronicle Map would else compile at each start,
 * the pages of the manual, the documents as they are in packages, and whom the Java of the image
 * trusts.
 */
package io.larch.tools.build;
