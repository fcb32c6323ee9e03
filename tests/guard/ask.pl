# ask.pl SOCKET guard hook …: as ask.py, where streams are no sockets; perl, which git needs, starts in a sixth of the time.
# It says nothing: what is asked, and in whose place, `warm.py` reads of the process at the other end.

my ($asking, $code);
socket($asking, 1, 1, 0) && connect($asking, pack("Sa108", 1, $ARGV[0])) or die "ask.pl: $!\n";
syswrite $asking, "\0" x 8;
exit(sysread($asking, $code, 1) ? ord $code : 1);
