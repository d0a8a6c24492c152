package hestiatest

import (
	"strings"
	"time"
)

// Everything in this file is a choice of the emulator, not a fact about Hestia: no source documents
// it, or the recorded machine happened to be set up like this. Change it here.
//
// More choices, too small for a constant:
//   - The panel is set up like the recorded machine: apache2 behind nginx, php-fpm 8.2, bind9,
//     exim4, dovecot, MySQL, cron, local and FTP backups; no firewall, no spam filter, no FTP, no
//     DNS cluster, no quotas. But it has Roundcube, as the vendor's installer leaves a panel with mail
//     and a database: on the recorded one, without webmail, v-add-mail-domain prints an error and exits
//     with 0, which modules of billing systems take for a failure. See [Server.SetConfig].
//   - The list of addresses is "allow-all", not empty as on a fresh installation.
//   - Commands run one at a time. Slow ones are not slow: use Faults, or [Server.TakeTime].
//   - A request that makes PHP crash is answered with 500 and a page: an array as an argument, a
//     NUL byte, v-make-tmp-file without a name. A body over 1 MiB counts as unusable.
//   - Legacy, an argument list that is too long: code -1, so "OK".
//   - Suspended users fail v-check-user-password, as recorded; so do users whose password was never
//     set.
//   - Disk usage stays 0 unless SetUsage set it; so does bandwidth. v-update-… recount and change
//     nothing else.
//   - The pages for login and reset have words and forms of their own, and ask for no CSRF token.
//   - The names of DKIM keys, temporary logins and the like are drawn from a fixed series.
//   - Files: only v-make-tmp-file and WriteFile make any. Folders exist if a file is below them.
//   - Certificates are checked as far as the names and the pair of keys go; the chain is not.
//   - DNS values are checked by type for A, AAAA and the types that name hosts; all values of other
//     types are accepted.
//   - Domains below two-part suffixes (co.uk and some more) get their www. alias like others.
//   - v-restart-… and v-start-service do nothing unless BreakWebServer is on; services always run.
//     v-rebuild-… writes files that the API does not show, so it changes nothing. Temporary
//     database logins are printed and not kept.
//   - Let's Encrypt gives every name a certificate of an authority of its own, unless StopLetsEncrypt is on. Keys are
//     elliptic. A restore brings back rows, certificates and passwords as they were in the backup; users have no files.
//   - The firewall is off until v-add-sys-firewall, and lets every request through.
//   - restic, the DNS cluster, address sets of the firewall, files of users, PHP versions, plugins
//     and the panel's own upgrade are not modelled beyond their checks; nor is the JSON of services
//     that the recorded machine lacked.
//   - Of commands that are not modelled, checks that look at the machine (is a program installed, a
//     service running) are left out; so are those of the DNS cluster, which is never set up.
//   - Logs of users contain the lines that the modelled commands write for users and packages, not
//     all that a panel writes.

// NotModelled is the exit code of commands whose effect the emulator does not model, once their arguments have passed
// the checks: that of a subsystem that is off, so that clients take it for a refusal, and know that nothing was done.
// The text has the panel's own words, by which clients of the legacy engine know it.
const NotModelled = eDisabled

const notModelledText = "Error: %s is not enabled: hestiatest: its effect is not modelled"

// The panel's own data.
const (
	hostName      = "panel.hestia.test"
	firstIP       = "192.0.2.10" // as recorded
	interfaceName = "eth0"
	memoryAddress = "192.0.2.1" // the source of requests in memory
	phpVersion    = "8.2"
	uptimeMinutes = "71"
	loadAverage   = "0.50 / 0.77 / 1.23"
	kernelArch    = "x86_64"
	systemName    = "Debian"
	systemVersion = "12.11"
	timeZoneName  = "Etc/UTC"
)

// panelZone is the zone of the times that the panel prints; the panel never says which.
var panelZone = time.UTC

// Keys and passwords, with the true lengths and alphabets.
const (
	keyIDLength     = 20
	keySecretLength = 40
	apiKeyLength    = 32
	minAPIKey       = 16
	keyAlphabet     = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	secretAlphabet  = keyAlphabet + "_-="
	apiKeyAlphabet  = keyAlphabet + "_-"
)

// Limits of the front door.
const (
	maxArguments   = 13
	maxCommandLine = 128 << 10 // including the final NUL
	commandPrefix  = "/usr/bin/sudo /usr/local/hestia/bin/"
)

const (
	maxDepth = 12 // of scripts that run scripts: the panel needs about five
	maxLog   = 300
	keptLog  = 250
)

const (
	nullText = "Error: data received is null or invalid, check https://hestiacp.com/docs/server-administration/rest-api.html"
	demoText = "Unable to perform operation due to security restrictions that are in place."
)

// What is installed. The shells, templates and languages are the recorded ones.
var (
	shells    = strings.Fields("bash dash nologin rbash sh tmux")
	themes    = strings.Fields("dark default")
	languages = strings.Fields(`en ar az bg bn bs ca cs da de el es et fa fi fr hr hu id it ja ka ko ku lo nl no pl pt-br pt
		ro ru sk sq sr sv th tr uk ur vi zh-cn zh-tw`)
	templates = map[string][]string{
		"web":     {"default"},
		"proxy":   {"caching", "default", "hosting", "suspended"},
		"backend": {"default", "no-php", "socket"},
		"dns":     {"zoho", "office365", "gmail", "default", "default-nomail", "child-ns"},
	}
	webStats    = strings.Fields("none awstats")
	recordTypes = strings.Fields("A AAAA NS CNAME MX TXT SRV DNSKEY KEY IPSECKEY PTR SPF TLSA CAA DS")
	reserved    = strings.Fields("aria aria_log mysql mysql_upgrade ib ib_buffer ddl ddl_recovery performance sudo")
	homeFolders = ".bash_logout,.bashrc,.cache,.composer,.config,.local,.npm,.profile,.ssh,.vscode-server,.wp-cli"

	// longSuffixes are the public suffixes of two labels that the emulator knows.
	longSuffixes = strings.Fields("co.uk org.uk me.uk ltd.uk com.au net.au org.au co.nz co.jp co.za com.br com.tr com.pl co.at or.at")
)

// The extensions that the proxy serves, for new websites and for those whose proxy template was
// changed.
const (
	proxyExtensions = "css,htm,html,js,mjs,json,xml,apng,avif,bmp,cur,gif,ico,jfif,jpg,jpeg,pjp,pjpeg,png,svg,tif,tiff,webp," +
		"aac,caf,flac,m4a,midi,mp3,ogg,opus,wav,3gp,av1,avi,m4v,mkv,mov,mpg,mpeg,mp4,mp4v,webm,otf,ttf,woff,woff2," +
		"doc,docx,odf,odp,ods,odt,pdf,ppt,pptx,rtf,txt,xls,xlsx,7z,bz2,gz,rar,tar,tgz,zip," +
		"apk,appx,bin,dmg,exe,img,iso,jar,msi,webmanifest"
	changedExtensions = "jpg,jpeg,gif,png,ico,svg,css,zip,tgz,gz,rar,bz2,doc,xls,exe,pdf,ppt,txt,odt,ods,odp,odf,tar,wav,bmp," +
		"rtf,js,mp3,avi,mpeg,flv,html,htm"
)

// systemUsers are logins of the operating system, whose names are taken.
var systemUsers = strings.Fields("root daemon bin sys sync games man nobody www-data mail backup hestiaweb hestiamail")
