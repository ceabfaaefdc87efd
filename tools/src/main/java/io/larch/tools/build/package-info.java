/** Run by the build, not by the server. */
package io.larch.tools.build;
