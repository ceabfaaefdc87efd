/** Finding the other members of a new cluster: on a discovery service, or in the DNS. */
package io.larch.tools.discovery;
