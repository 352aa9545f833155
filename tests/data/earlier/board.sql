-- A board as the release of 26 November 2026 left it (schema 0011): a brainstorm, votes, a person's idea, settings, a tuned version.
BEGIN TRANSACTION;
CREATE TABLE brainstorm_about (
	brainstorm TEXT NOT NULL, 
	place INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (brainstorm, place), 
	FOREIGN KEY(brainstorm) REFERENCES brainstorms (id) ON DELETE CASCADE
);
CREATE TABLE brainstorm_parents (
	brainstorm TEXT NOT NULL, 
	place INTEGER NOT NULL, 
	idea TEXT NOT NULL, 
	PRIMARY KEY (brainstorm, place), 
	FOREIGN KEY(brainstorm) REFERENCES brainstorms (id) ON DELETE CASCADE
);
CREATE TABLE brainstorms (
	id TEXT NOT NULL, 
	platform TEXT NOT NULL, 
	team TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	asker_platform TEXT, 
	asker TEXT, 
	topic TEXT, 
	count INTEGER NOT NULL, 
	style TEXT NOT NULL, 
	modality TEXT NOT NULL, 
	language TEXT NOT NULL, 
	operation TEXT NOT NULL, 
	model TEXT NOT NULL, 
	seed TEXT NOT NULL, 
	locale TEXT NOT NULL, 
	address TEXT NOT NULL, 
	state TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	leased_until DATETIME, canary TEXT DEFAULT '' NOT NULL, options TEXT, kind TEXT DEFAULT '' NOT NULL, tone TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "brainstorms" VALUES('01a2284f8f15e027433e4166','test','red','general','test','ann','names for a tea bar',3,'','text','en','fresh','','45548198','en','bare:1','done','2026-11-29 17:17:12.332378','2026-11-29 17:17:12.471409',NULL,'',NULL,'','');
CREATE TABLE candidates (
	id INTEGER NOT NULL, 
	brainstorm TEXT NOT NULL, 
	text TEXT NOT NULL, 
	logprob DOUBLE, 
	relevance DOUBLE, 
	tokens INTEGER NOT NULL, 
	broken TEXT, 
	verdict TEXT NOT NULL, 
	score DOUBLE, 
	idea TEXT, model TEXT, decoding TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "candidates" VALUES(1,'01a2284f8f15e027433e4166','A paper names market for rainy days',-2.20783180774975473781e+00,9.44980925205327837446e-01,8,NULL,'shown',2.10833097088632737126e+00,'01a2284f8f611a511c261078','','');
INSERT INTO "candidates" VALUES(2,'01a2284f8f15e027433e4166','A patient names postcard at half the price',-2.57675323314547588537e+00,1.50513195908497765529e+00,10,NULL,'shown',2.09529907918404534328e+00,'01a2284f8f8666d6b4c52459','','');
INSERT INTO "candidates" VALUES(3,'01a2284f8f15e027433e4166','A secret names map built in an afternoon',-1.84851597583003,1.38458724047415770996e+00,10,NULL,'shown',2.05447788264029540528e+00,'01a2284f8f94e0465b39c3dc','','');
INSERT INTO "candidates" VALUES(4,'01a2284f8f15e027433e4166','A handmade names compass that grows by itself',-1.74568466424375579038e+00,1.11167439192619132981e+00,11,NULL,'kept',1.97156360119666862473e+00,NULL,'','');
INSERT INTO "candidates" VALUES(5,'01a2284f8f15e027433e4166','A patient names swap that changes every hour',-1.97286888921126113416e+00,1.2383863864563724455e+00,11,NULL,'kept',1.9337658820771,NULL,'','');
INSERT INTO "candidates" VALUES(6,'01a2284f8f15e027433e4166','A rooftop names puzzle where nobody speaks',-1.58129131148519608274e+00,2.31112252994936206995e-01,10,NULL,'kept',9.01002850457590320765e-01,NULL,'','');
INSERT INTO "candidates" VALUES(7,'01a2284f8f15e027433e4166','A paper names parade with one rule only',-2.99974687560759534221e+00,1.16449998808885557544e+00,9,NULL,'kept',1.78008698416734678637e+00,NULL,'','');
INSERT INTO "candidates" VALUES(8,'01a2284f8f15e027433e4166','A secret names time capsule where nobody speaks',-1.52518327946570053654e+00,1.07554385717304379355e+00,11,NULL,'kept',1.72046071942241818319e+00,NULL,'','');
INSERT INTO "candidates" VALUES(9,'01a2284f8f15e027433e4166','The travelling names puzzle that changes every hour',-2.05048415080177859337e+00,1.09025402342309840619e+00,12,NULL,'kept',1.77318645988931544721e+00,NULL,'','');
INSERT INTO "candidates" VALUES(10,'01a2284f8f15e027433e4166','A glowing names recipe that ends in a feast',-1.28720037220699823343e+00,0.999270367320172,10,NULL,'kept',1.62901066511451420026e+00,NULL,'','');
INSERT INTO "candidates" VALUES(11,'01a2284f8f15e027433e4166','The curious names garden for rainy days',-2.86753026674684452501e+00,0.903604252854616,9,NULL,'kept',1.76349346212509328069e+00,NULL,'','');
INSERT INTO "candidates" VALUES(12,'01a2284f8f15e027433e4166','A glowing names parade without any screens',-1.45335479631862218852e+00,6.40620610692768321925e-01,10,NULL,'kept',1.45243265388277076333e+00,NULL,'','');
CREATE TABLE channels (
	platform TEXT NOT NULL, 
	team TEXT NOT NULL, 
	id TEXT NOT NULL, 
	ideas INTEGER NOT NULL, 
	PRIMARY KEY (platform, team, id)
);
INSERT INTO "channels" VALUES('test','red','general',4);
CREATE TABLE events (
	id TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "events" VALUES('91548ca6fac3752232eacb43095918b7','2026-11-29 17:17:12.268139');
INSERT INTO "events" VALUES('a4c72d4ce97626bb5e669df4b363895d','2026-11-29 17:17:12.472369');
INSERT INTO "events" VALUES('3d940764835b7c9c7f93d0e618810c5f','2026-11-29 17:17:12.489215');
INSERT INTO "events" VALUES('e8779d819e3c951183ef2e470e8c39ff','2026-11-29 17:17:12.490140');
INSERT INTO "events" VALUES('c920d6dede67290b672cb79ea5e45811','2026-11-29 17:17:12.493366');
CREATE TABLE feedback (
	idea TEXT NOT NULL, 
	person_platform TEXT NOT NULL, 
	person TEXT NOT NULL, 
	signal TEXT NOT NULL, 
	platform TEXT NOT NULL, 
	team TEXT NOT NULL, 
	token TEXT NOT NULL, 
	value DOUBLE NOT NULL, 
	at DATETIME NOT NULL, 
	was_token TEXT, 
	was_value DOUBLE, 
	was_at DATETIME, 
	PRIMARY KEY (idea, person_platform, person, signal), 
	FOREIGN KEY(idea) REFERENCES ideas (id) ON DELETE CASCADE
);
INSERT INTO "feedback" VALUES('01a2284f8f94e0465b39c3dc','test','bob','vote','test','red','up',1.0,'2026-05-04 12:00:00.000000',NULL,NULL,NULL);
INSERT INTO "feedback" VALUES('01a2284f8f8666d6b4c52459','test','bob','vote','test','red','down',-1.0,'2026-05-04 12:00:00.000000',NULL,NULL,NULL);
CREATE TABLE idea_parents (
	idea TEXT NOT NULL, 
	place INTEGER NOT NULL, 
	parent TEXT NOT NULL, 
	PRIMARY KEY (idea, place), 
	FOREIGN KEY(idea) REFERENCES ideas (id) ON DELETE CASCADE
);
CREATE TABLE ideas (
	id TEXT NOT NULL, 
	brainstorm TEXT, 
	platform TEXT NOT NULL, 
	team TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	origin TEXT NOT NULL, 
	author_platform TEXT, 
	author TEXT, 
	asker_platform TEXT, 
	asker TEXT, 
	model TEXT NOT NULL, 
	slot INTEGER NOT NULL, 
	slot_kind TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	modality TEXT NOT NULL, traits TEXT, features TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT ideas_number UNIQUE (platform, team, channel, number)
);
INSERT INTO "ideas" VALUES('01a2284f8f611a511c261078','01a2284f8f15e027433e4166','test','red','general',1,'A paper names market for rainy days','fresh',NULL,NULL,'test','ann','',0,'exploit','2026-11-29 17:17:12.417366','text',NULL,NULL);
INSERT INTO "ideas" VALUES('01a2284f8f8666d6b4c52459','01a2284f8f15e027433e4166','test','red','general',2,'A patient names postcard at half the price','fresh',NULL,NULL,'test','ann','',1,'exploit','2026-11-29 17:17:12.454848','text',NULL,NULL);
INSERT INTO "ideas" VALUES('01a2284f8f94e0465b39c3dc','01a2284f8f15e027433e4166','test','red','general',3,'A secret names map built in an afternoon','fresh',NULL,NULL,'test','ann','',2,'exploit','2026-11-29 17:17:12.468882','text',NULL,NULL);
INSERT INTO "ideas" VALUES('01a2284f8faa872840b3099b',NULL,'test','red','general',4,'The Third Steep','human','test','cleo','test','cleo','',0,'exploit','2026-11-29 17:17:12.490455','text',NULL,NULL);
CREATE TABLE installations (
	platform TEXT NOT NULL, 
	team TEXT NOT NULL, 
	sealed BLOB NOT NULL, 
	PRIMARY KEY (platform, team)
);
CREATE TABLE media (
	platform TEXT NOT NULL, 
	team TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	place INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	media_type TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	alt TEXT NOT NULL, 
	made_at DATETIME NOT NULL, 
	PRIMARY KEY (platform, team, owner, place)
);
CREATE TABLE muselab_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT muselab_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "muselab_version" VALUES('0011');
CREATE TABLE settings (
	platform TEXT NOT NULL, 
	team TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	count INTEGER, 
	style TEXT, 
	language TEXT, 
	thread BOOLEAN NOT NULL, 
	reactions BOOLEAN NOT NULL, 
	pickers TEXT NOT NULL, 
	hide_tally BOOLEAN NOT NULL, 
	training BOOLEAN NOT NULL, 
	quiet_from TEXT, 
	quiet_until TEXT, person_per_hour INTEGER, channel_per_hour INTEGER, team_per_hour INTEGER, admins TEXT, admin_channel TEXT, paused BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (platform, team, channel)
);
INSERT INTO "settings" VALUES('test','red','general',4,'dry humour',NULL,0,1,'everyone',0,0,NULL,NULL,NULL,NULL,NULL,'[]',NULL,0);
CREATE TABLE tunings (
	platform TEXT NOT NULL, 
	team TEXT NOT NULL, 
	id TEXT NOT NULL, 
	state TEXT NOT NULL, 
	doing TEXT NOT NULL, 
	done DOUBLE NOT NULL, 
	said TEXT NOT NULL, 
	pairs INTEGER NOT NULL, 
	topics INTEGER NOT NULL, 
	version TEXT, 
	holder TEXT NOT NULL, 
	began_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	leased_until DATETIME, told TEXT DEFAULT '' NOT NULL, missed TEXT DEFAULT '[]' NOT NULL, trouble TEXT DEFAULT '' NOT NULL, curve TEXT DEFAULT '[]' NOT NULL, 
	PRIMARY KEY (platform, team, id)
);
CREATE TABLE versions (
	platform TEXT NOT NULL, 
	team TEXT NOT NULL, 
	id TEXT NOT NULL, 
	base TEXT NOT NULL, 
	adapter TEXT, 
	parent TEXT, 
	trained_on TEXT NOT NULL, 
	metrics TEXT NOT NULL, 
	stage TEXT NOT NULL, 
	created_at DATETIME NOT NULL, reason TEXT DEFAULT '' NOT NULL, untold BOOLEAN DEFAULT 0 NOT NULL, comparisons TEXT DEFAULT '[]' NOT NULL, forgotten INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (platform, team, id)
);
INSERT INTO "versions" VALUES('test','red','team-a-1','SmolLM2-135M-Instruct','8427c835ceaad176957db7b19027223d',NULL,'[]','{"judge": 0.6}','live','2026-11-26 09:00:00.000000','won',0,'[]',0);
CREATE INDEX brainstorms_of_channel ON brainstorms (platform, team, channel, created_at, id);
CREATE INDEX brainstorms_of_asker ON brainstorms (platform, team, asker);
CREATE INDEX brainstorms_at_address ON brainstorms (address);
CREATE INDEX brainstorms_running ON brainstorms (leased_until) WHERE state = 'running';
CREATE INDEX ix_brainstorm_parents_idea ON brainstorm_parents (idea);
CREATE INDEX ix_ideas_brainstorm ON ideas (brainstorm);
CREATE INDEX ideas_of_channel ON ideas (platform, team, channel, created_at, id);
CREATE INDEX ideas_of_team ON ideas (platform, team, created_at, id);
CREATE INDEX ideas_of_author ON ideas (platform, team, author);
CREATE INDEX ideas_of_asker ON ideas (platform, team, asker);
CREATE INDEX ix_idea_parents_parent ON idea_parents (parent);
CREATE INDEX candidates_of_brainstorm ON candidates (brainstorm, id);
CREATE INDEX ix_candidates_idea ON candidates (idea);
CREATE INDEX feedback_of_person ON feedback (platform, team, person);
CREATE UNIQUE INDEX versions_live ON versions (platform, team) WHERE stage = 'live';
CREATE INDEX ix_events_at ON events (at);
CREATE INDEX media_of_digest ON media (platform, team, digest);
COMMIT;
