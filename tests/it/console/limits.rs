//! What a page on a village's Wi-Fi must stand: guessing, dawdling, flooding, and forms from elsewhere.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use super::kit::{Console, PASSWORD, exchange};
use super::people::station;

/// What the process holds, in KiB.
fn memory(console: &Console<'_>) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", console.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
#[ignore = "long"]
fn ten_thousand_tries_lock_out_nobody_else_and_take_no_memory() {
    let station = station();
    let console = Console::start(&station);
    console.person("Trần Thị Hai", "official", &[]);
    let before = memory(&console);
    // A hundred at a time over a connection, as a program that guesses does.
    let form = "name=tran+thi+hai&password=12345678";
    let one = format!(
        "POST /login HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
        form.len()
    );
    let many = format!("{one}\r\n{form}").repeat(99) + &format!("{one}Connection: close\r\n\r\n{form}");
    let mut told = 0;
    for _ in 0..100 {
        let mut stream = console.browser().connect();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let mut writer = stream.try_clone().unwrap();
        let text = many.clone();
        let sender = std::thread::spawn(move || writer.write_all(text.as_bytes()));
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        let _ = sender.join();
        told += String::from_utf8_lossy(&all).matches("HTTP/1.1 429").count();
    }
    assert!(told > 9_900, "{told}");
    for spelled in ["Trần Thị Hai", "TRAN  THI HAI", "t.r.a.n-thihai"] {
        let fields = [("name", spelled), ("password", PASSWORD)];
        assert_eq!(console.browser().post("/login", &fields).status, 429, "{spelled}: the same account");
        assert_eq!(
            console.browser_at("127.0.0.2").post("/login", &fields).status,
            303,
            "{spelled}: from his own phone"
        );
    }
    // What a request says of an address before it is anybody's word.
    let forwarded = [
        ("Sec-Fetch-Site", "same-origin"),
        ("X-Forwarded-For", "10.1.2.3"),
        ("Forwarded", "for=10.1.2.3"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    assert_eq!(console.browser().ask("POST", "/login", &forwarded, form.as_bytes()).status, 429);
    // Names and spellings that nobody has are counted as well, and kept short.
    for number in 0..40 {
        let name = format!("{number}{}", "x".repeat(100_000));
        console.browser().post("/login", &[("name", &name), ("password", "12345678")]);
    }
    let grown = memory(&console).saturating_sub(before);
    // Less than one hash takes: each gives its 19 MiB back.
    assert!(grown < 16 * 1024, "{grown} KiB");
}

#[test]
#[ignore = "long"]
fn three_hundred_connections_of_one_machine_leave_room_for_others_and_end_by_themselves() {
    let station = station();
    let console = Console::start(&station);
    let mut held: Vec<_> = (0..300)
        .map(|_| {
            let mut stream = console.browser().connect();
            let _ = stream.write_all(b"GET /login HTTP/1.1\r\nHost: x\r\nX-Slow: ");
            stream
        })
        .collect();
    assert_eq!(console.browser_at("127.0.0.2").get("/login").status, 200);
    // One goes on letter by letter; the head as a whole has its time.
    let mut trickle = console.browser_at("127.0.0.3").connect();
    trickle.write_all(b"GET /login HTTP/1.1\r\nHost: x\r\nX-Slow: ").unwrap();
    trickle.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let ended = (0..120).any(|_| {
        if trickle.write_all(b"a").is_err() {
            return true;
        }
        match trickle.read(&mut [0; 4_096]) {
            Ok(0) => true,
            Ok(_) => false,
            Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    });
    assert!(ended, "who trickles is let go");
    for stream in &mut held {
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let ended = stream.read_to_end(&mut Vec::new());
        let is_reset = |error: &std::io::Error| error.kind() == std::io::ErrorKind::ConnectionReset;
        assert!(ended.is_ok() || ended.as_ref().is_err_and(is_reset), "{ended:?}");
    }
    assert_eq!(console.browser().get("/login").status, 200);
}

#[test]
fn what_no_browser_sends_is_refused_and_the_page_goes_on() {
    let station = station();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let long = "a".repeat(1 << 20);
    let head = hai.ask("GET", "/", &[("X-Long", &long)], b"");
    assert!([0, 431].contains(&head.status), "{}", head.status);
    let cookies = hai.ask("GET", "/", &[("X-Many", "1\r\nX: 1"); 80], b"");
    assert!([0, 400, 431].contains(&cookies.status), "{}", cookies.status);
    let body = hai.post("/login", &[("name", &long)]);
    assert!([0, 413].contains(&body.status), "{}", body.status);
    assert!(body.status == 0 || body.body.contains("Xin viết ngắn lại"), "{}", body.body);
    for (method, path, statuses) in [
        ("HEAD", "/login", [200, 200]),
        ("OPTIONS", "/login", [405, 405]),
        ("PUT", "/login", [405, 405]),
        ("DELETE", "/people", [403, 405]),
        ("GET", "/../../etc/passwd", [404, 400]),
        ("GET", "/..%2f..%2fetc%2fpasswd", [404, 404]),
        ("GET", "/style.css/../../loa.toml", [404, 400]),
        ("GET", "/invite/..%2f..%2floa.toml", [410, 410]),
        ("GET", "/people/%ff%fe", [403, 400]),
        ("GET", "/me/password", [405, 405]),
    ] {
        let answer = hai.ask(method, path, &[("Sec-Fetch-Site", "same-origin")], b"");
        assert!(statuses.contains(&answer.status), "{method} {path}: {}", answer.status);
        assert!(!answer.body.contains("Thôn Một"), "{path}");
    }
    for bad in ["", "x", "\u{1}", "../../state", "' OR 1=1 --", &"a".repeat(9_000)] {
        let mut browser = console.browser();
        browser.cookies.insert("loa".to_owned(), bad.to_owned());
        let answer = browser.get("/me");
        assert!([303, 400].contains(&answer.status), "{bad:?}: {}", answer.status);
    }
    let mut english = console.browser();
    english.cookies.insert("lang".to_owned(), "en; lang=<script>".to_owned());
    assert!(!english.get("/login").body.contains("<script>"));
    assert_eq!(hai.get("/me").status, 200);
}

#[test]
fn a_form_that_stands_elsewhere_does_nothing() {
    let station = station();
    let console = Console::start(&station);
    let mut admin = console.person("Lê Văn Tư", "admin", &[]);
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let own = format!("http://{}", console.address);
    let form = "name=Ke+Gian&role=admin".as_bytes();
    for headers in [
        &[kind, ("Sec-Fetch-Site", "cross-site"), ("Origin", "http://evil.example")][..],
        &[kind, ("Sec-Fetch-Site", "cross-site"), ("Origin", own.as_str())],
        &[kind, ("Sec-Fetch-Site", "same-site")],
        &[kind, ("Origin", "http://evil.example")],
        &[kind, ("Origin", "null")],
        // A program that says nothing of where it comes from is no form of ours.
        &[kind],
    ] {
        let answer = admin.ask("POST", "/people", headers, form);
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(answer.body.contains("không đến từ trang của đài"), "{}", answer.body);
    }
    let plain = admin.ask("POST", "/people", &[kind, ("Accept", "*/*")], form);
    assert!(plain.status == 403 && plain.body.contains("thiếu dòng Origin"), "{}", plain.body);
    assert_eq!(admin.ask("POST", "/login", &[kind], form).status, 403, "the log-in is a form too");
    assert!(!admin.get("/people").body.contains("Ke Gian"));
    // Over plain HTTP a phone sends no Sec-Fetch-Site; the origin it sends under this policy is the page's own.
    assert_eq!(admin.get("/people").header("referrer-policy"), "same-origin");
    let sent = admin.ask("POST", "/people", &[kind, ("Origin", &own)], "name=Ba&role=reviewer".as_bytes());
    assert_eq!(sent.status, 200, "{}", sent.body);
}

#[test]
fn cookies_are_kept_from_scripts_and_other_sites_and_secrets_from_every_record() {
    let station = station();
    let console = Console::start(&station);
    let link = console.link("Trần Thị Hai", "official", &[]);
    let mut hai = console.browser();
    let entered = hai.post(&link, &[("password", PASSWORD), ("again", PASSWORD)]);
    let cookie = entered.header("set-cookie").to_owned();
    assert!(
        cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Strict") && cookie.contains("; Path=/"),
        "{cookie}"
    );
    // A browser would not send a secure cookie over plain HTTP: nobody could come in.
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    hai.post("/login", &[("name", "Trần Thị Hai"), ("password", "sai mật khẩu này")]);
    exchange(console.browser().connect(), b"GET /login?next=%00%ff HTTP/9\r\n\r\n");
    // A browser keeps what was typed into a page on the way back, and nothing of passwords and people.
    for (path, kept) in [
        ("/", "private, no-cache"),
        ("/schedule/new", "private, no-cache"),
        ("/me", "no-store"),
        ("/login", "no-store"),
    ] {
        let headers = hai.get(path).headers;
        let of =
            |name: &str| headers.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str()).to_owned();
        assert!(of("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(!of("content-security-policy").contains("unsafe"), "{path}");
        assert_eq!((of("cache-control"), of("x-content-type-options")), (kept.to_owned(), "nosniff".into()), "{path}");
    }
    let token = hai.cookies["loa"].clone();
    let word = link.rsplit('/').next().unwrap();
    let kept = [std::fs::read(station.path("state/console.db")).unwrap(), console.log().into_bytes()].concat();
    for secret in [PASSWORD, token.as_str(), word, "sai mật khẩu này"] {
        assert!(!kept.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        assert!(!hai.get("/me").body.contains(secret), "{secret}");
    }
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(station.path("state/console.db")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn hundreds_of_half_sent_requests_take_little_memory_and_keep_nobody_out() {
    let station = station();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let before = memory(&console);
    let head =
        "POST /login HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let long = format!("{head}Content-Length: 70000\r\n\r\nname={}", "x".repeat(60_000));
    let huge = format!("{head}Content-Length: 250000\r\n\r\nname={}", "x".repeat(200_000));
    // A letter in each piece: kept piece by piece this would take thirty times its length.
    let pieces = format!("{head}Transfer-Encoding: chunked\r\n\r\n{}", "1\r\nx\r\n".repeat(9_000));
    let half = format!("GET /login HTTP/1.1\r\nHost: x\r\nX-Slow: {}", "x".repeat(12_000));
    // More than there is room for, of six machines.
    let mut held = Vec::new();
    for number in 0..600 {
        let mut stream = console.browser_at(&format!("127.0.0.{}", 20 + number % 6)).connect();
        stream.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
        let sent = [&long, &huge, &pieces, &half][number % 4];
        // Whoever had to give way is not listened to any more.
        let _ = stream.write_all(sent.as_bytes());
        held.push(stream);
    }
    assert_eq!(console.browser_at("127.0.0.9").get("/login").status, 200, "a newcomer");
    assert_eq!(hai.get("/").status, 200, "whoever is logged in");
    let fields = [("name", "Trần Thị Hai"), ("password", PASSWORD)];
    assert_eq!(console.browser_at("127.0.0.20").post("/login", &fields).status, 303, "even from one of those machines");
    let grown = memory(&console).saturating_sub(before);
    // Of the 256 MiB that its unit gives it. A hash of a password takes 19.
    assert!(grown < 64 * 1024, "{grown} KiB");
}
