# Run as root in a clean Debian that is nobody's: /first.deb and /second.deb are loa, the second newer.
# Whatever a step says goes to the caller; the last line is read.
set -eu
export DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
station=/var/lib/loa

step() { echo "== $*"; }
fail() { echo "FAILED: $*"; exit 1; }
has() { case "$1" in *"$2"*) ;; *) fail "«$2» is not in: $1" ;; esac; }
# until WHAT COMMAND...: half a minute at most.
until_so() {
    what=$1; shift
    n=0
    while ! "$@" >/dev/null 2>&1; do
        n=$((n + 1)); [ $n -lt 300 ] || { cat /var/log/loa.log || true; fail "waited in vain until $what"; }
        sleep 0.1
    done
}

# systemd does not run here. What asks for it is answered by this: one process of the account, started and ended.
mkdir -p /run/systemd/system
cat > /usr/local/bin/systemctl <<'X'
#!/bin/sh
pid() { cat /run/loa.pid 2>/dev/null; }
end() { [ -z "$(pid)" ] || { kill "$(pid)" 2>/dev/null; while pgrep -u loa -x loa >/dev/null; do sleep 0.1; done; rm -f /run/loa.pid; }; }
begin() { cd /; umask 027; setsid runuser -u loa -- loa --dir /var/lib/loa run >>/var/log/loa.log 2>&1 </dev/null & 
    n=0; while ! pgrep -o -u loa -x loa >/run/loa.pid && [ $n -lt 100 ]; do n=$((n + 1)); sleep 0.1; done; }
echo "$*" >> /var/log/systemctl.log
for word in "$@"; do case "$word" in --*) ;; *) [ -n "${verb:-}" ] && unit=$word || verb=$word ;; esac; done
case "$verb ${unit:-}" in
    "is-active loa.service") kill -0 "$(pid)" 2>/dev/null ;;
    "start loa.service") [ -n "$(pid)" ] && kill -0 "$(pid)" 2>/dev/null || begin ;;
    "restart loa.service") end; begin ;;
    "stop loa.service" | "stop loa-console.service") end ;;
    is-enabled*) echo enabled ;;
    preset*) exec /usr/bin/systemctl "$@" ;;
    *) exit 0 ;;
esac
X
chmod 755 /usr/local/bin/systemctl

step "installed: a place that says nothing and asks"
said=$(dpkg -i /first.deb 2>&1) || fail "$said"
has "$said" "/setup/"
has "$said" "sudo loa setup"
[ -L /etc/systemd/system/multi-user.target.wants/loa.service ] || fail "loa.service is not enabled"
[ -L /etc/systemd/system/multi-user.target.wants/loa-console.service ] || fail "loa-console.service is not enabled"
until_so "the daemon answers" loa status
has "$(loa --lang vi status 2>&1)" "chưa được cài đặt"
has "$(loa --lang vi check 2>&1)" "not_set_up"
[ ! -e $station/loa.toml ] || fail "somebody has set it up"
[ -z "$(ls $station/schedules)" ] || fail "a new station has a schedule"
[ -f /usr/share/doc/loa/examples/station/loa.toml ] || fail "no sample"
[ -f /usr/share/man/vi/man1/loa-alert.1.gz ] || fail "no manual"

step "the group's files are the whole group's, the rest is closed"
useradd -m hoa; useradd -m bay; useradd -m khach
for who in hoa bay; do usermod -aG loa $who; done
runuser -u hoa -- sh -c "umask 077; echo '# hoa' > $station/schedules/hoa.txt"
runuser -u bay -- sh -c "echo '# bay' >> $station/schedules/hoa.txt" || fail "a member cannot write another's file"
rm $station/schedules/hoa.txt
! runuser -u khach -- ls $station 2>/dev/null || fail "a stranger looks in"
! runuser -u hoa -- sh -c "echo > $station/loa.toml" 2>/dev/null || fail "a member makes loa.toml"
! runuser -u hoa -- loa setup --name x --zone a=null --admin b 2>/dev/null || fail "a member sets it up"

step "set up: at work at once, and quiet"
said=$(loa --lang vi setup --name "Đài xã Đông Giang" --zone "Thôn 1=null" --zone "Thôn 2=null" --admin "Trần Thị Hai" 2>&1) || fail "$said"
has "$said" "/invite/"
has "$said" "Lịch còn trống"
until_so "loa goes on with its name" sh -c "loa status | grep -q 'Đài xã Đông Giang'"
has "$(loa status)" "Lịch còn trống"
! loa setup --name x --zone a=null --admin b 2>/dev/null || fail "set up twice"
[ "$(stat -c %a $station/loa.toml)" = 640 ] || fail "loa.toml is open"
[ "$(stat -c %U:%a $station/state/console/console.db)" = loa-console:600 ] || fail "people are open"

step "the sample, as its owner would copy it"
cp -r /usr/share/doc/loa/examples/station /root/sample
loa --dir /root/sample check
[ -n "$(loa --dir /root/sample plan --json)" ] || fail "nothing planned"
loa --lang vi demo > /root/demo.txt 2>&1 || fail "$(cat /root/demo.txt)"
has "$(cat /root/demo.txt)" "Nhật ký"

step "upgraded while it plays: it plays to the end, and the old program is kept"
cp /usr/share/doc/loa/examples/station/audio/ban-tin-sang.mp3 $station/audio/
chown hoa $station/audio/ban-tin-sang.mp3
printf '[rules]\nhours = ["00:00-24:00"]\n' > $station/schedules/gio.toml
until_so "it sounds" loa say ban-tin-sang
before=$(cat /run/loa.pid)
said=$(dpkg -i /second.deb 2>&1) || fail "$said"
[ "$(cat /run/loa.pid)" != "$before" ] || fail "the old program still runs: $said"
[ -x /usr/lib/loa/loa.previous ] || fail "the old program is gone"
until_so "the new program answers" loa status
rows=$(loa journal --json --from -1d)
case "$rows" in *'"outcome":"played"'*) ;; *) fail "it was cut: $rows" ;; esac
case "$rows" in *'"outcome":"partial"'*) fail "it was cut: $rows" ;; *) ;; esac
# Long enough for the slowest machine to unpack in.
until_so "it sounds again" loa alert ban-tin-sang --repeat 9 --by hoa --why "thử"
before=$(cat /run/loa.pid)
said=$(LOA_WAIT_MINUTES=0 dpkg -i /second.deb 2>&1) || fail "$said"
has "$said" "sudo systemctl restart loa"
[ "$(cat /run/loa.pid)" = "$before" ] || fail "cut off at an upgrade that could not wait"
loa stop
loa journal verify

step "removed: the journal stays; purged: it stays unless somebody says so"
said=$(dpkg -r loa 2>&1) || fail "$said"
[ ! -e /usr/bin/loa ] && [ ! -e /usr/lib/loa ] || fail "something is left: $(ls /usr/lib/loa /usr/bin/loa)"
[ -f $station/state/journal.db ] && [ -f $station/loa.toml ] || fail "the station is gone"
said=$(dpkg -P loa 2>&1) || fail "$said"
has "$said" "/var/lib/loa"
[ -f $station/state/journal.db ] || fail "the journal was purged"
said=$(dpkg -i /second.deb 2>&1) || fail "$said"
case "$said" in *"/setup/"*) fail "a station that was set up is asked again" ;; *) ;; esac
until_so "the old station plays on" sh -c "loa status | grep -q 'Đài xã Đông Giang'"
loa journal verify
dpkg -r loa >/dev/null 2>&1
LOA_PURGE=station dpkg -P loa >/dev/null 2>&1
[ ! -e $station ] || fail "asked to delete the station, and it is there"

echo "ALL AS IT SHOULD BE"
