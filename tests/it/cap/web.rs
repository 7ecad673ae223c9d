//! Alarms that a feed names: fetched from its own server, believed by their signature.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::heard::alerts;
use super::sender::{Flood, Sender, station};
use crate::kit::Authority;

type Pages = Arc<Mutex<Vec<(String, String)>>>;

/// A server that knows some pages, and how often it was asked for anything else.
fn serve(pages: &Pages) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, strange) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let (pages, count) = (pages.clone(), strange.clone());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            answer(stream, &pages, &count);
        }
    });
    (port, strange)
}

fn answer(mut stream: impl Read + Write, pages: &Pages, strange: &AtomicUsize) {
    let (mut asked, mut buffer) = (Vec::new(), [0; 1024]);
    while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(count) if count > 0 => asked.extend_from_slice(&buffer[..count]),
            _ => return,
        }
    }
    let asked = String::from_utf8_lossy(&asked).into_owned();
    let path = asked.split(' ').nth(1).unwrap_or_default().to_owned();
    let known = pages.lock().unwrap().iter().find(|(known, _)| *known == path).map(|(_, page)| page.clone());
    let said = match known {
        Some(page) if page.starts_with("http") => {
            format!("HTTP/1.1 302 Found\r\nLocation: {page}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        Some(page) if page.is_empty() => {
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned()
        }
        Some(page) => format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}", page.len()),
        None => {
            strange.fetch_add(1, Ordering::SeqCst);
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned()
        }
    };
    let _ = stream.write_all(said.as_bytes());
}

#[test]
#[ignore = "long"]
fn a_feed_leads_to_alarms_on_its_own_server_and_a_lying_one_makes_no_sound() {
    let sender = Sender::new();
    let (elsewhere, asked_elsewhere) = serve(&Pages::default());
    let atom = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><link href=\"mat.xml\"/></entry><entry><link type=\"application/cap+xml\" href=\"/lu.xml\"/></entry>\
         <entry><link href=\"gia.xml\"/></entry><entry><link href=\"http://127.0.0.1:{elsewhere}/x.xml\"/></entry></feed>"
    );
    let rss = "<rss version=\"2.0\"><channel><item><link>/khac.xml</link></item></channel></rss>".to_owned();
    let pages: Pages = Arc::new(Mutex::new(vec![
        ("/atom.xml".to_owned(), atom),
        ("/rss.xml".to_owned(), rss),
        ("/lu.xml".to_owned(), sender.flood(&Flood::default())),
        ("/gia.xml".to_owned(), Sender::new().flood(&Flood { identifier: "gia", ..Flood::default() })),
        ("/khac.xml".to_owned(), sender.flood(&Flood { identifier: "khac", status: "Test", ..Flood::default() })),
        ("/moved.xml".to_owned(), format!("http://127.0.0.1:{elsewhere}/atom.xml")),
        // The first that the feed names: what stands behind it is heard all the same.
        ("/mat.xml".to_owned(), String::new()),
    ]));
    let (port, strange) = serve(&pages);
    let feed = |name: &str| format!("http://127.0.0.1:{port}/{name}");
    let feeds = format!("{:?}", [feed("atom.xml"), feed("rss.xml"), feed("moved.xml")]);
    let station = station(&sender, &feeds, "sound");
    let daemon = station.run();
    daemon.wait_until("the flood is heard", || alerts(&station).len() == 2);
    daemon.wait_until("all feeds were asked", || {
        let standing = station.loa(&["--json", "cap", "--status"]).json();
        standing["alarms"].as_array().is_some_and(|all| all.len() == 2) && standing["refused"] == 1
    });
    let status = station.loa(&["cap", "--status"]).out;
    assert!(status.contains("points to another address (302)"), "{status}");
    assert!(status.contains("/mat.xml cannot be fetched: the server answers 404"), "{status}");
    let foreign = format!(":{elsewhere}/x.xml cannot be fetched: it is on another server than the feed");
    assert!(status.contains(&foreign), "{status}");
    let doctor = station.loa(&["doctor"]).out;
    for words in ["points to another address (302)", "/mat.xml, which cannot be fetched: the server answers 404"] {
        assert!(doctor.contains(words), "{words}: {doctor}");
    }
    assert_eq!((asked_elsewhere.load(Ordering::SeqCst), strange.load(Ordering::SeqCst)), (0, 0));
    assert_eq!(alerts(&station).len(), 2);
}

#[test]
#[ignore = "long"]
fn a_feed_over_tls_is_heard_by_its_own_authority_and_told_of_where_its_certificate_is_no_good() {
    let sender = Sender::new();
    let pages: Pages = Arc::new(Mutex::new(vec![
        (
            "/atom.xml".to_owned(),
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><link href=\"/lu.xml\"/></entry></feed>".to_owned(),
        ),
        ("/lu.xml".to_owned(), sender.flood(&Flood::default())),
    ]));
    let (authority, (port, _)) = (Authority::new(), serve(&pages));
    let (good, old) = (authority.before(port, 2090), authority.before(port, 2021));
    let feeds = [good, old].map(|port| format!("https://127.0.0.1:{port}/atom.xml"));
    let station = station(&sender, &format!("{feeds:?}"), "sound");
    let toml = std::fs::read_to_string(station.path("loa.toml")).unwrap();
    let status = || station.loa(&["cap", "--status"]).out;

    // By those whom browsers know, it is nobody's.
    let daemon = station.run();
    daemon.wait_until("it is told what helps", || status().contains("write it in [cap] ca"));
    assert!(alerts(&station).is_empty());
    assert_eq!(daemon.end(), 0);

    station.write("loa.toml", &toml.replace("[cap]\n", "[cap]\nca = \"so-kttv.pem\"\n"));
    assert!(station.loa(&["cap"]).err.contains("so-kttv.pem"), "it is not there yet");
    std::fs::write(station.path("so-kttv.pem"), "xin chao").unwrap();
    assert!(station.loa(&["cap"]).err.contains("no certificate in PEM"));
    std::fs::write(station.path("so-kttv.pem"), &authority.pem).unwrap();
    let daemon = station.run();
    daemon.wait_until("the flood is heard", || alerts(&station).len() == 2);
    daemon.wait_until("the old one is told of", || status().contains("the server's certificate has expired"));
    assert!(station.loa(&["doctor"]).out.contains("certificate has expired"));
    assert_eq!(daemon.end(), 0);
}
