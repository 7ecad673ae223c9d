-- A journal as loa 0.1.0 left it after kill -9: every byte of its rows, for the promise that later versions read and verify them.
PRAGMA application_id = 1819238705;
PRAGMA user_version = 1;
CREATE TABLE entry (
  seq INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  hash TEXT NOT NULL,
  kind TEXT AS (json_extract(body, '$.kind')) VIRTUAL,
  zone TEXT AS (json_extract(body, '$.zone')) VIRTUAL,
  broadcast TEXT AS (json_extract(body, '$.broadcast')) VIRTUAL,
  title TEXT AS (json_extract(body, '$.title')) VIRTUAL,
  class TEXT AS (json_extract(body, '$.class')) VIRTUAL,
  planned TEXT AS (json_extract(body, '$.planned')) VIRTUAL,
  started TEXT AS (json_extract(body, '$.started')) VIRTUAL,
  ended TEXT AS (json_extract(body, '$.ended')) VIRTUAL,
  outcome TEXT AS (json_extract(body, '$.outcome')) VIRTUAL,
  reason TEXT AS (json_extract(body, '$.reason')) VIRTUAL,
  written INTEGER AS (CAST(round((julianday(json_extract(body, '$.written')) - 2440587.5) * 86400000.0) AS INTEGER)) VIRTUAL,
  at INTEGER AS (CAST(round((julianday(coalesce(json_extract(body, '$.planned'), json_extract(body, '$.started'),
    json_extract(body, '$.written'))) - 2440587.5) * 86400000.0) AS INTEGER)) VIRTUAL
);
CREATE INDEX entry_at ON entry (at);
CREATE INDEX entry_written ON entry (written);
CREATE INDEX entry_broadcast ON entry (broadcast, at);
CREATE TABLE mark (
  id INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE TABLE position (
  key TEXT PRIMARY KEY,
  intent INTEGER NOT NULL,
  start INTEGER,
  base REAL NOT NULL,
  seconds REAL NOT NULL,
  written TEXT NOT NULL
);
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
INSERT INTO entry (seq, body, hash) VALUES (1, '{"seq":1,"written":"2026-11-28T13:07:21.465+07:00","prev":"0000000000000000000000000000000000000000000000000000000000000000","marks":"0000000000000000000000000000000000000000000000000000000000000000","kind":"note","zone":null,"broadcast":null,"title":"Xã Đông Giang: loa 0.1.0 bắt đầu chạy","class":null,"planned":null,"started":null,"ended":null,"start_error_ms":null,"seconds_planned":null,"seconds_played":null,"outcome":null,"reason":"started","audio":[],"approved_by":null}', '445ce11135e7d7ce560421aaf50c53a54d1a1019d75e77023ecc3429c88d9932');
INSERT INTO entry (seq, body, hash) VALUES (2, '{"seq":2,"written":"2026-11-28T13:07:21.750+07:00","prev":"445ce11135e7d7ce560421aaf50c53a54d1a1019d75e77023ecc3429c88d9932","marks":"0000000000000000000000000000000000000000000000000000000000000000","kind":"note","zone":null,"broadcast":null,"title":"đồng hồ đáng tin","class":null,"planned":null,"started":null,"ended":null,"start_error_ms":null,"seconds_planned":null,"seconds_played":null,"outcome":null,"reason":"clock_trusted: host_clock: docker","audio":[],"approved_by":null}', 'd5ee12ac661ec0ad5520bdb577f7797d26d77df2803ab249124cd54423199753');
INSERT INTO entry (seq, body, hash) VALUES (3, '{"seq":3,"written":"2026-11-28T13:07:50.017+07:00","prev":"d5ee12ac661ec0ad5520bdb577f7797d26d77df2803ab249124cd54423199753","marks":"31af4aca98b71e7780b9815bf65d9249abb30ddf32827fe6bf684e826f139ce0","kind":"airing","zone":"thon-1","broadcast":"ban-tin","title":"Bản tin «sáng»","class":"normal","planned":"2026-11-28T13:07:46.000+07:00","started":"2026-11-28T13:07:46.000+07:00","ended":"2026-11-28T13:07:50.000+07:00","start_error_ms":-0.004,"seconds_planned":4,"seconds_played":4,"outcome":"played","reason":null,"audio":[{"file":"ban-tin.wav","sha256":"13e227645bda60252bfaa90208869b54d52f11a9c4191dbb2373df09adec2b58"}],"approved_by":null}', '2bd2304c81f62af21d9e736549e0086018a8e50a6e5b15d534930be166b8edcf');
INSERT INTO entry (seq, body, hash) VALUES (4, '{"seq":4,"written":"2026-11-28T13:07:50.022+07:00","prev":"2bd2304c81f62af21d9e736549e0086018a8e50a6e5b15d534930be166b8edcf","marks":"0c196da7a642789fb79e23826ae42c0182f681033063a7c23b1084d5a5add5e6","kind":"airing","zone":"thon-2","broadcast":"ban-tin","title":"Bản tin «sáng»","class":"normal","planned":"2026-11-28T13:07:46.000+07:00","started":"2026-11-28T13:07:46.000+07:00","ended":"2026-11-28T13:07:50.000+07:00","start_error_ms":-0.004,"seconds_planned":4,"seconds_played":4,"outcome":"played","reason":null,"audio":[{"file":"ban-tin.wav","sha256":"13e227645bda60252bfaa90208869b54d52f11a9c4191dbb2373df09adec2b58"}],"approved_by":null}', '0c07d42af1c5542d2728ff3d8064ada4b726324aa27175e534c0a108e8085a7c');
INSERT INTO entry (seq, body, hash) VALUES (5, '{"seq":5,"written":"2026-11-28T13:07:52.466+07:00","prev":"0c07d42af1c5542d2728ff3d8064ada4b726324aa27175e534c0a108e8085a7c","marks":"7c4bef1c79be02fd42eb2c3194e36cf72d1c48231dfb1aa433f0dd09f050c3d5","kind":"note","zone":null,"broadcast":"dai","title":"dai","class":"normal","planned":null,"started":null,"ended":null,"start_error_ms":null,"seconds_planned":null,"seconds_played":null,"outcome":null,"reason":"say: root","audio":[],"approved_by":null}', '9b3ecb7c193dc54cff3d79bfe4907226d60cd5fb0eea9dd7fad3e74a603fea32');
INSERT INTO entry (seq, body, hash) VALUES (6, '{"seq":6,"written":"2026-11-28T13:08:00.478+07:00","prev":"9b3ecb7c193dc54cff3d79bfe4907226d60cd5fb0eea9dd7fad3e74a603fea32","marks":"b98c7c76c841043d7f8d6a8f72b188567d85ec7cdc9418e6baee27715574cf04","kind":"note","zone":null,"broadcast":"ban-tin","title":"ban-tin","class":"emergency","planned":null,"started":null,"ended":null,"start_error_ms":null,"seconds_planned":null,"seconds_played":null,"outcome":null,"reason":"alert: Ông Năm: thử","audio":[],"approved_by":null}', 'e16bc502d9d841f90d58197aeb79af64e8c557e3a32cd4797393b4cfdb844d7d');
INSERT INTO entry (seq, body, hash) VALUES (7, '{"seq":7,"written":"2026-11-28T13:08:04.525+07:00","prev":"e16bc502d9d841f90d58197aeb79af64e8c557e3a32cd4797393b4cfdb844d7d","marks":"c9dfe3660301df8e933789737df41682f86609e8b054d35565db2b4b2018011c","kind":"airing","zone":"thon-2","broadcast":"ban-tin","title":"ban-tin","class":"emergency","planned":"2026-11-28T13:08:00.478+07:00","started":"2026-11-28T13:08:00.512+07:00","ended":"2026-11-28T13:08:04.512+07:00","start_error_ms":34.105,"seconds_planned":4,"seconds_played":4,"outcome":"played","reason":"alert: Ông Năm: thử","audio":[{"file":"ban-tin.wav","sha256":"13e227645bda60252bfaa90208869b54d52f11a9c4191dbb2373df09adec2b58"}],"approved_by":null}', '697bd33085395eeddc77e0916e9f2eda6da7d66dbc3238e9261371bef9846d63');
INSERT INTO mark (id, body, hash) VALUES (1, '{"id":1,"written":"2026-11-28T13:07:44.000+07:00","prev":"0000000000000000000000000000000000000000000000000000000000000000","entries":"d5ee12ac661ec0ad5520bdb577f7797d26d77df2803ab249124cd54423199753","step":"intent","key":"thon-1/ban-tin/2026-11-28T13:07:46.000+07:00","at":"2026-11-28T13:07:46.000+07:00","airing":{"zone":"thon-1","broadcast":"ban-tin","title":"Bản tin «sáng»","class":"normal","planned":"2026-11-28T13:07:46.000+07:00","seconds_planned":4,"audio":[{"file":"ban-tin.wav","sha256":"13e227645bda60252bfaa90208869b54d52f11a9c4191dbb2373df09adec2b58"}],"approved_by":null}}', '935f202b8aeb7aa3d844f1f597ae3fecd319e2200b2e72f0454d2550734f1b21');
INSERT INTO mark (id, body, hash) VALUES (2, '{"id":2,"written":"2026-11-28T13:07:44.000+07:00","prev":"935f202b8aeb7aa3d844f1f597ae3fecd319e2200b2e72f0454d2550734f1b21","entries":"d5ee12ac661ec0ad5520bdb577f7797d26d77df2803ab249124cd54423199753","step":"intent","key":"thon-2/ban-tin/2026-11-28T13:07:46.000+07:00","at":"2026-11-28T13:07:46.000+07:00","airing":{"zone":"thon-2","broadcast":"ban-tin","title":"Bản tin «sáng»","class":"normal","planned":"2026-11-28T13:07:46.000+07:00","seconds_planned":4,"audio":[{"file":"ban-tin.wav","sha256":"13e227645bda60252bfaa90208869b54d52f11a9c4191dbb2373df09adec2b58"}],"approved_by":null}}', 'd6021ba5c5c97acb3a533d64ad4518483b3422af700209d05eac1a7161641ada');
INSERT INTO mark (id, body, hash) VALUES (3, '{"id":3,"written":"2026-11-28T13:07:45.982+07:00","prev":"d6021ba5c5c97acb3a533d64ad4518483b3422af700209d05eac1a7161641ada","entries":"d5ee12ac661ec0ad5520bdb577f7797d26d77df2803ab249124cd54423199753","step":"start","key":"thon-1/ban-tin/2026-11-28T13:07:46.000+07:00","started":"2026-11-28T13:07:46.000+07:00"}', '5aca229ff46b99a89fd52f765c212c99026bb650365fb3e9db35d7790630c379');
INSERT INTO mark (id, body, hash) VALUES (4, '{"id":4,"written":"2026-11-28T13:07:45.983+07:00","prev":"5aca229ff46b99a89fd52f765c212c99026bb650365fb3e9db35d7790630c379","entries":"d5ee12ac661ec0ad5520bdb577f7797d26d77df2803ab249124cd54423199753","step":"start","key":"thon-2/ban-tin/2026-11-28T13:07:46.000+07:00","started":"2026-11-28T13:07:46.000+07:00"}', '31af4aca98b71e7780b9815bf65d9249abb30ddf32827fe6bf684e826f139ce0');
INSERT INTO mark (id, body, hash) VALUES (5, '{"id":5,"written":"2026-11-28T13:07:50.017+07:00","prev":"31af4aca98b71e7780b9815bf65d9249abb30ddf32827fe6bf684e826f139ce0","entries":"2bd2304c81f62af21d9e736549e0086018a8e50a6e5b15d534930be166b8edcf","step":"end","key":"thon-1/ban-tin/2026-11-28T13:07:46.000+07:00","entry":3}', '0c196da7a642789fb79e23826ae42c0182f681033063a7c23b1084d5a5add5e6');
INSERT INTO mark (id, body, hash) VALUES (6, '{"id":6,"written":"2026-11-28T13:07:50.022+07:00","prev":"0c196da7a642789fb79e23826ae42c0182f681033063a7c23b1084d5a5add5e6","entries":"0c07d42af1c5542d2728ff3d8064ada4b726324aa27175e534c0a108e8085a7c","step":"end","key":"thon-2/ban-tin/2026-11-28T13:07:46.000+07:00","entry":4}', '1cec31dd24abb238882203468a9335743dbc3ae2bc012487dccbf8982bd03025');
INSERT INTO mark (id, body, hash) VALUES (7, '{"id":7,"written":"2026-11-28T13:07:52.466+07:00","prev":"1cec31dd24abb238882203468a9335743dbc3ae2bc012487dccbf8982bd03025","entries":"0c07d42af1c5542d2728ff3d8064ada4b726324aa27175e534c0a108e8085a7c","step":"intent","key":"thon-1/dai/2026-11-28T13:07:52.766+07:00","at":"2026-11-28T13:07:52.766+07:00","airing":{"zone":"thon-1","broadcast":"dai","title":"dai","class":"normal","planned":"2026-11-28T13:07:52.766+07:00","seconds_planned":60,"audio":[{"file":"dai.wav","sha256":"f01e079c2d4a51de9d08052e00cd3b3499e31641e475351885f888997cfb247f"}],"approved_by":null}}', '7c4bef1c79be02fd42eb2c3194e36cf72d1c48231dfb1aa433f0dd09f050c3d5');
INSERT INTO mark (id, body, hash) VALUES (8, '{"id":8,"written":"2026-11-28T13:07:52.755+07:00","prev":"7c4bef1c79be02fd42eb2c3194e36cf72d1c48231dfb1aa433f0dd09f050c3d5","entries":"9b3ecb7c193dc54cff3d79bfe4907226d60cd5fb0eea9dd7fad3e74a603fea32","step":"start","key":"thon-1/dai/2026-11-28T13:07:52.766+07:00","started":"2026-11-28T13:07:52.766+07:00"}', '12e7de02f764caf5f613c018cb465d9722222e1b32f28216cff872f532f1875b');
INSERT INTO mark (id, body, hash) VALUES (9, '{"id":9,"written":"2026-11-28T13:08:00.478+07:00","prev":"12e7de02f764caf5f613c018cb465d9722222e1b32f28216cff872f532f1875b","entries":"9b3ecb7c193dc54cff3d79bfe4907226d60cd5fb0eea9dd7fad3e74a603fea32","step":"intent","key":"thon-2/ban-tin/2026-11-28T13:08:00.478+07:00","at":"2026-11-28T13:08:00.478+07:00","airing":{"zone":"thon-2","broadcast":"ban-tin","title":"ban-tin","class":"emergency","planned":"2026-11-28T13:08:00.478+07:00","seconds_planned":4,"audio":[{"file":"ban-tin.wav","sha256":"13e227645bda60252bfaa90208869b54d52f11a9c4191dbb2373df09adec2b58"}],"approved_by":null}}', 'b98c7c76c841043d7f8d6a8f72b188567d85ec7cdc9418e6baee27715574cf04');
INSERT INTO mark (id, body, hash) VALUES (10, '{"id":10,"written":"2026-11-28T13:08:00.504+07:00","prev":"b98c7c76c841043d7f8d6a8f72b188567d85ec7cdc9418e6baee27715574cf04","entries":"e16bc502d9d841f90d58197aeb79af64e8c557e3a32cd4797393b4cfdb844d7d","step":"start","key":"thon-2/ban-tin/2026-11-28T13:08:00.478+07:00","started":"2026-11-28T13:08:00.512+07:00"}', 'c9dfe3660301df8e933789737df41682f86609e8b054d35565db2b4b2018011c');
INSERT INTO mark (id, body, hash) VALUES (11, '{"id":11,"written":"2026-11-28T13:08:04.525+07:00","prev":"c9dfe3660301df8e933789737df41682f86609e8b054d35565db2b4b2018011c","entries":"697bd33085395eeddc77e0916e9f2eda6da7d66dbc3238e9261371bef9846d63","step":"end","key":"thon-2/ban-tin/2026-11-28T13:08:00.478+07:00","entry":7}', '6b4dbc6be3064f95691bad1a13117f92eb56eecda8f3828670496d6e67e749c6');
INSERT INTO position (key, intent, start, base, seconds, written) VALUES ('thon-1/dai/2026-11-28T13:07:52.766+07:00', 7, 8, 0.0, 18.183854167, '2026-11-28T13:08:10.950+07:00');
INSERT INTO meta (key, value) VALUES ('epoch', 'b5fdd1d0700e860b');
CREATE TRIGGER entry_next BEFORE INSERT ON entry
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entry)
BEGIN SELECT RAISE(ABORT, 'the journal only grows: wrong number'); END;
CREATE TRIGGER entry_kept BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the journal only grows: nothing is deleted'); END;
CREATE TRIGGER entry_fixed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the journal only grows: nothing is changed'); END;
CREATE TRIGGER mark_next BEFORE INSERT ON mark
WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM mark)
BEGIN SELECT RAISE(ABORT, 'the journal only grows: wrong number'); END;
CREATE TRIGGER mark_kept BEFORE DELETE ON mark
BEGIN SELECT RAISE(ABORT, 'the journal only grows: nothing is deleted'); END;
CREATE TRIGGER mark_fixed BEFORE UPDATE ON mark
BEGIN SELECT RAISE(ABORT, 'the journal only grows: nothing is changed'); END;
CREATE TRIGGER meta_kept BEFORE DELETE ON meta
BEGIN SELECT RAISE(ABORT, 'the journal only grows: nothing is deleted'); END;
CREATE TRIGGER meta_fixed BEFORE UPDATE ON meta
BEGIN SELECT RAISE(ABORT, 'the journal only grows: nothing is changed'); END;
