// What ifconfig prints when it is asked for help, or asked wrongly.

export const USAGE: readonly string[] = [
  "usage: ifconfig [<interface> [<address family>] [<address> [<mask>] | auto-config] [<option/flags>...]]",
  "       ifconfig --delete <interface> [...]",
  "       ifconfig <interface> [scan|join|leave] [<network> [<password>]]",
  "",
  "Where <option> can be the following:",
  "  netmask <addr>     - networking subnet mask",
  "  prefixlen <number> - subnet mask length in bits",
  "  broadcast <addr>   - set broadcast address",
  "  peer <addr>        - ppp-peer address",
  "  mtu <bytes>        - maximal transfer unit",
  "  metric <number>    - metric number to use (defaults to 0)",
  "  media <media>      - media type to use (defaults to auto)",
  "For All <media> can be one of: auto ",
  "For Ethernet <media> can be one of: 10baseT 100baseTX 1000baseT 1000baseSX 10GbaseT ",
  "And <flags> can be: up, down, [-]promisc, [-]allmulti, [-]bcast, [-]ht, loopback",
  'If you specify "auto-config" instead of an address, it will be configured automatically.',
  "",
  "Example:",
  "\tifconfig loop 127.0.0.1 255.0.0.0 up",
];
