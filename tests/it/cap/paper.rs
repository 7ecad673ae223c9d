//! What came is on the page: what is only shown, and who did not hear, with a number to call and a list to print.

use super::heard::{alerts, notes, stages};
use super::sender::{Flood, Sender, station};
use crate::console::Console;

#[test]
#[ignore = "long"]
fn what_is_only_shown_and_who_did_not_hear_are_on_the_page_and_on_paper() {
    let sender = Sender::new();
    let station = station(&sender, "[\"cap\"]", "sound");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut ba = console.person("Lê Văn Ba", "operator", &["thon-3"]);
    assert!(hai.get("/emergency/outside").body.contains("Chưa nhận báo động nào"));
    assert!(!hai.get("/emergency").body.contains("/emergency/outside"));

    station.write("cap/thu.xml", &sender.flood(&Flood { identifier: "thu", status: "Test", ..Flood::default() }));
    daemon.wait_until("the test is told of", || hai.clone().get("/emergency/outside").body.contains("Chỉ để xem"));
    assert!(ba.get("/emergency/outside").body.contains("Chỉ để xem"), "it is nobody's in particular");

    station.write("cap/lu.xml", &sender.flood(&Flood::default()));
    daemon.wait_until("it is heard", || alerts(&station).len() == 2);
    daemon.wait_until("it is told who did not hear", || !notes(&station, "alarm_unheard").is_empty());
    daemon.wait_until("it is settled", || stages(&station).contains(&"settled".to_owned()));
    for path in ["/emergency", "/emergency/outside"] {
        let page = hai.get(path).body;
        for words in ["KHÔNG NGHE ĐƯỢC", "Thôn 2", "ông Năm", "tel:0912345678", "In danh sách nơi chưa nghe được"]
        {
            assert!(page.contains(words), "{path} {words}: {page}");
        }
    }
    let page = hai.get("/emergency/outside").body;
    assert!(page.contains("Rời khỏi bờ sông ngay.") && page.contains("đã ra lệnh phát"), "{page}");
    let list = page.split("href=\"").find(|part| part.starts_with("/emergency/outside/")).unwrap();
    let list = list.split('"').next().unwrap();
    let paper = hai.get(list);
    assert_eq!(paper.status, 200);
    for words in ["Nơi chưa nghe được", "Thôn 2", "không có loa nào ở đây", "ông Năm", "0912 345 678", "data-print"]
    {
        assert!(paper.body.contains(words), "{words}: {}", paper.body);
    }
    // The hamlet that it does not concern is told nothing of it.
    assert_eq!(ba.get(list).status, 404);
    assert!(!ba.get("/emergency/outside").body.contains("Thôn 2"));
    assert_eq!(daemon.end(), 0);
}
