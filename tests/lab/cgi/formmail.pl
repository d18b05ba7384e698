# A form script that judges recipients as FormMail of that version does, for the lab alone.
# web.py writes in front of it: $version, $names (a pattern of the names that 1.9 allows), $webmaster (whom 1.92
# allows), $sender, $command (that takes a message with its recipients in the header) or $server (SMTP at this address).
use IO::Socket::INET;

sub page {
    my ($title, $text) = @_;
    print "Content-type: text/html\n\n<html><head><title>$title</title></head><body><h1>$title</h1>$text</body></html>\n";
    exit 0;
}

sub decoded {
    my ($word) = @_;
    $word =~ tr/+/ /;
    $word =~ s/%([0-9A-Fa-f]{2})/chr hex $1/eg;
    $word =~ tr/\r\n//d;
    return $word;
}

my $query = $ENV{QUERY_STRING} || '';
read STDIN, $query, $ENV{CONTENT_LENGTH} || 0 if $ENV{REQUEST_METHOD} eq 'POST';
my %field = map { my ($name, $value) = split /=/, $_, 2; (decoded($name), decoded($value // '')) } split /&/, $query;
page("FormMail v$version", "<p>A stand-in for a script of Matt's Script Archive.") unless %field;

my $to = $field{recipient} || '';
my $allowed = $version < 1.7 ? $to ne '' : $version < 1.92 ? $to =~ /$names$/i : $to eq $webmaster;
page($version < 1.9 ? 'Error: No Recipient' : 'Error: Bad/No Recipient') unless $allowed;
my @missing = grep { !defined $field{$_} } split /,/, $field{required} || '';
page('Error: Blank Fields', "@missing") if @missing;

my $subject = $field{subject} || 'WWW Form Submission';
my $message = "To: $to\nFrom: $field{email} ($field{realname})\nSubject: $subject\n\n"
    . "Below is the result of your feedback form.\n\n"
    . join('', map { "$_: $field{$_}\n\n" } grep { !/^(recipient|subject|email|realname)$/ } sort keys %field);
if ($command) {
    open my $mail, '|-', $command or page('Error: mail program');
    print $mail $message;
    close $mail;
} else {
    my $smtp = IO::Socket::INET->new(PeerAddr => $server, PeerPort => 25, Timeout => 10) or page('Error: mail server');
    $message =~ s/\n/\r\n/g;
    for my $words ('', 'HELO localhost', "MAIL FROM:<$sender>", "RCPT TO:<$to>", 'DATA', "$message.", 'QUIT') {
        print $smtp "$words\r\n" if $words;
        my $line = '';
        1 while defined($line = <$smtp>) && $line !~ /^\d{3} /;
        last if !defined $line || $line =~ /^[45]/;
    }
}
page('Thank You', "Below is what you submitted to $to");
