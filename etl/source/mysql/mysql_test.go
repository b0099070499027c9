package mysql

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/mysql/mysqltest"
	"verso/olap/engine"
	"verso/olap/engine/duck/ducktest"
)

func land(t testing.TB, s source.Source, conn engine.Conn, sql string) (source.Report, []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.parquet")
	r, err := s.Land(context.Background(), conn, source.Request{Name: "x", SQL: sql, Path: path})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	err = engine.Rows(context.Background(), conn, engine.SQL("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet("+engine.QuoteText(path)+")"), func(row []any) error {
		texts := make([]string, len(row))
		for i, v := range row {
			if texts[i] = engine.Text(v); v == nil {
				texts[i] = "∅"
			}
		}
		out = append(out, strings.Join(texts, " | "))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return r, out
}

func TestTypes(t *testing.T) {
	conn, server := ducktest.Scratch(t), mysqltest.Start(t, nil)
	s := open(t, server.DSN())
	for _, c := range []struct {
		name, table, values string
		types, rows, notes  []string
	}{
		{"whole numbers", "a tinyint, b tinyint unsigned, c smallint, d smallint unsigned, e mediumint, f mediumint unsigned, g int, h int unsigned, i bigint, j bigint unsigned, k tinyint(1), l int(5) zerofill",
			"(-128, 255, -32768, 65535, -8388608, 16777215, -2147483648, 4294967295, -9223372036854775808, 18446744073709551615, 7, 42)",
			[]string{"TINYINT", "UTINYINT", "SMALLINT", "USMALLINT", "INTEGER", "INTEGER", "INTEGER", "UINTEGER", "BIGINT", "UBIGINT", "TINYINT", "UINTEGER"},
			[]string{"-128 | 255 | -32768 | 65535 | -8388608 | 16777215 | -2147483648 | 4294967295 | -9223372036854775808 | 18446744073709551615 | 7 | 42"}, nil},
		{"decimals", "a decimal(10,2) unsigned, b decimal(18,4), c decimal(38,10), d decimal(65,30), e float, f double, g decimal(17,0), h decimal(18,6) unsigned",
			"(99999999.99, -99999999999999.9999, 1234567890123456789012345678.0123456789, 12345678901234567890123456789012345.123456789012345678901234567890, 16777215, 0.1, 99999999999999999, 999999999999.999999)",
			[]string{"DECIMAL(18,2)", "DECIMAL(19,4)", "VARCHAR", "VARCHAR", "FLOAT", "DOUBLE", "DECIMAL(18,0)", "DECIMAL(18,6)"},
			[]string{"99999999.99 | -99999999999999.9999 | 1234567890123456789012345678.0123456789 | 12345678901234567890123456789012345.123456789012345678901234567890 | 16777215.0 | 0.1 | 99999999999999999 | 999999999999.999999"}, nil},
		{"bits and years", "a bit(1), b bit(10), c bit(64), d year", "(b'1', b'1000000001', ~0, 2024), (b'0', 3, 1, 1901), (NULL, NULL, NULL, 0)",
			[]string{"UBIGINT", "UBIGINT", "UBIGINT", "SMALLINT"}, []string{"1 | 513 | 18446744073709551615 | 2024", "0 | 3 | 1 | 1901", "∅ | ∅ | ∅ | ∅"}, []string{"d: 1 zero dates are null"}},
		{"choices and documents", "a enum('small','大'), b set('x','y','z'), c json, d text, e varbinary(10), f blob", `('大', 'x,z', '{"书": [1, 2]}', '', x'00ff', 'ab'), (NULL, '', NULL, '😀𠮷', NULL, '')`,
			[]string{"VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR"}, []string{`大 | x,z | {"书": [1, 2]} |  | \x00ff | \x6162`, `∅ |  | ∅ | 😀𠮷 | ∅ | \x`}, nil},
		{"dates", "a date, b datetime(6), c datetime, d time(3)",
			"('2024-02-29', '9999-12-31 23:59:59.999999', '1000-01-01', '838:59:59'), ('0000-00-00', '0000-00-00', '2024-02-29 00:00:01', '-27:30:00.5'), ('2024-00-00', '2024-05-00 10:00', NULL, '00:00')",
			[]string{"DATE", "TIMESTAMP", "TIMESTAMP", "VARCHAR"},
			[]string{"2024-02-29 | 9999-12-31 23:59:59.999999 | 1000-01-01 00:00:00 | 838:59:59.000", "∅ | ∅ | 2024-02-29 00:00:01 | -27:30:00.500", "∅ | ∅ | ∅ | 00:00:00.000"},
			[]string{"a: 1 zero dates are null", "a: 1 dates that no calendar has (month or day 00, 30 February) are null", "b: 1 zero dates are null", "b: 1 dates that no calendar has (month or day 00, 30 February) are null"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server.Exec(t, "SET sql_mode = ''; DROP TABLE IF EXISTS t; CREATE TABLE t ("+c.table+"); INSERT INTO t VALUES "+c.values)
			r, rows := land(t, s, conn, "SELECT * FROM t")
			s.Close() // the next table must be seen
			var types []string
			for _, column := range r.Columns {
				types = append(types, column.Type)
			}
			if d := cmp.Diff(c.types, types); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.rows, rows); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.notes, r.Notes[len(r.Notes)-len(c.notes):]); d != "" && len(c.notes) > 0 {
				t.Error(d)
			}
		})
	}
}

// A TIMESTAMP is one moment in whatever time zone the server lives; a DATETIME
// is what was written.
func TestTimeZones(t *testing.T) {
	conn, server := ducktest.Scratch(t), mysqltest.Start(t, nil) // the server lives in Shanghai
	server.Exec(t, "SET time_zone = '+08:00'; CREATE TABLE t (a TIMESTAMP NULL, b DATETIME); INSERT INTO t VALUES ('2024-06-30 07:00:00', '2024-06-30 07:00:00')")
	if _, err := conn.Exec(context.Background(), engine.SQL("SET TimeZone = 'UTC'")); err != nil {
		t.Fatal(err)
	}
	r, rows := land(t, open(t, server.DSN()+"?loc=Asia%2FShanghai&parseTime=true"), conn, "SELECT a, b FROM t")
	if rows[0] != "2024-06-29 23:00:00+00 | 2024-06-30 07:00:00" || r.Columns[0].Type != "TIMESTAMP WITH TIME ZONE" || r.Columns[1].Type != "TIMESTAMP" {
		t.Error(rows, r.Columns)
	}
}

// Whatever a table is encoded in, the same text lands.
func TestEncodings(t *testing.T) {
	conn, server := ducktest.Scratch(t), mysqltest.Start(t, nil)
	for charset, word := range map[string]string{"latin1": "Ünïcödé £", "gbk": "统计学習方法", "big5": "臺灣大學", "utf8mb3": "Ångström 书", "utf8mb4": "😀 𠮷野家", "utf16": "😀 書"} {
		server.Exec(t, "DROP TABLE IF EXISTS t; CREATE TABLE t (a varchar(50), b text, `c名` char(20)) CHARACTER SET "+charset+"; INSERT INTO t VALUES ('"+word+"', '"+word+"', '"+word+"')")
		s := open(t, server.DSN()+"?charset=latin1")
		if r, rows := land(t, s, conn, "SELECT * FROM t"); rows[0] != word+" | "+word+" | "+word || r.Columns[2].Name != "c名" {
			t.Error(charset, rows, r.Columns)
		}
		s.Close() // it keeps the table from being dropped
	}
}

func TestSnapshot(t *testing.T) {
	conn, server := ducktest.Scratch(t), mysqltest.Start(t, nil)
	server.Exec(t, "CREATE TABLE a (n int) ENGINE=InnoDB; CREATE TABLE b (n int) ENGINE=InnoDB; INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)")
	s := open(t, server.DSN())
	land(t, s, conn, "SELECT n FROM a")
	server.Exec(t, "INSERT INTO b VALUES (2)")
	if r, rows := land(t, s, conn, "SELECT n FROM b"); len(rows) != 1 || len(r.Notes) != 0 {
		t.Error("the second extract sees another moment:", rows, r.Notes)
	}
	server.Exec(t, "KILL "+engine.Text(s.id))
	if r, rows := land(t, s, conn, "SELECT n FROM b"); len(rows) != 2 || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "later snapshot") {
		t.Error("after a lost connection:", rows, r.Notes)
	}
	if _, err := s.Land(context.Background(), conn, source.Request{Name: "x", SQL: "INSERT INTO a VALUES (9)", Path: filepath.Join(t.TempDir(), "x")}); err == nil {
		t.Error("a source was written to")
	}
}

// A server that sends other rows than it counted is not believed, nor one whose
// administrator limits every SELECT.
func TestLyingCount(t *testing.T) {
	conn, server := ducktest.Scratch(t), mysqltest.Start(t, nil)
	server.Exec(t, "SET GLOBAL sql_select_limit = 10; CREATE TABLE t (n int); INSERT INTO t SELECT seq FROM seq_1_to_5000")
	s := open(t, server.DSN())
	_, err := s.Land(context.Background(), conn, source.Request{Name: "x", SQL: "SELECT n FROM t WHERE rand() < 0.5", Path: filepath.Join(t.TempDir(), "x.parquet")})
	var u *source.UnreadableError
	if !errors.As(err, &u) || !u.Passing || !strings.Contains(err.Error(), "announced") {
		t.Error(err)
	}
	if r, _ := land(t, s, conn, "SELECT n FROM t"); r.Landed != 5000 {
		t.Errorf("%d rows of 5000", r.Landed)
	}
}

func TestErrors(t *testing.T) {
	conn, server := ducktest.Scratch(t), mysqltest.Start(t, nil)
	server.Exec(t, "CREATE TABLE orders (order_id int, shipped_date date); CREATE TABLE customers (customer_id int)")
	locked := mysqltest.Locked + ":" + mysqltest.LockedPassword
	at := "@unix(" + server.Socket + ")/shop"
	for _, c := range []struct {
		name, dsn, sql string
		passing        bool
		want           []string
	}{
		{"table", "root" + at, "SELECT order_id FROM ordrs", false, []string{"ordrs", "nearest known tables: orders"}},
		{"column", "root" + at, "SELECT o.shiped_date\nFROM orders AS o", false, []string{"shiped_date", "nearest known columns: shipped_date"}},
		{"syntax", "root" + at, "SELECT order_id,\nFROM orders", false, []string{"line 2, column 1 of the SELECT", "    FROM orders\n    ^"}},
		{"right", locked + at, "SELECT order_id FROM orders", false, []string{"the right to SELECT"}},
		{"twice", "root" + at, "SELECT order_id, shipped_date AS ORDER_ID FROM orders", false, []string{"AS"}},
		{"empty", "root" + at, " ;", false, []string{"has no SELECT"}},
		{"password", mysqltest.Locked + ":wrong" + at, "SELECT 1", false, []string{"cannot connect", "check user and password"}},
		{"database", "root@unix(" + server.Socket + ")/nosuch", "SELECT 1", false, []string{"there is no such database"}},
		{"nobody", "mysql://root@127.0.0.1:1/shop", "SELECT 1", true, []string{"no server answers there"}},
		{"socket", "root@unix(/nowhere/my.sock)/shop", "SELECT 1", true, []string{"no server answers there"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.parquet")
			_, err := open(t, c.dsn).Land(context.Background(), conn, source.Request{Name: "x", SQL: c.sql, Path: path})
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range append(c.want, "source erp") {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q lacks in: %v", w, err)
				}
			}
			var u *source.UnreadableError
			if errors.As(err, &u) && u.Passing != c.passing {
				t.Errorf("passing is %v", u.Passing)
			}
			if strings.Contains(err.Error(), mysqltest.LockedPassword) || strings.Contains(err.Error(), "wrong") {
				t.Errorf("the message shows a password: %v", err)
			}
			if left, _ := filepath.Glob(filepath.Dir(path) + "/*"); len(left) > 0 {
				t.Error("left", left)
			}
		})
	}
}

func TestDSN(t *testing.T) {
	for dsn, want := range map[string]string{
		"mysql://reader@db.example/shop":                                "database shop on db.example:3306 as user reader",
		"mariadb://a%40b:p%2Fw@[::1]:3307/shop?ssl-mode=REQUIRED":       "database shop on [::1]:3307 as user a@b",
		"mysql://r@/shop?socket=/run/my.sock":                           "database shop on socket /run/my.sock as user r",
		"reader:x@tcp(db:3306)/shop?tls=skip-verify&collation=utf8_bin": "database shop on db:3306 as user reader",
	} {
		s, err := New("erp", config.Source{DSN: dsn}, "")
		if err != nil {
			t.Error(dsn, err)
			continue
		}
		if got := s.(*Source).Where(); got != want {
			t.Errorf("%s: %s", dsn, got)
		}
	}
	for dsn, want := range map[string]string{
		"":                            "no dsn",
		"postgres://r:geheim@db/shop": "begins with postgres://",
		"mysql://r:geheim@ho st/shop": "cannot be read",
		"r:geheim@db/shop":            "cannot be read",
		"mysql://r:geheim@db":         "names no database",
		"mysql://r:geheim@db/shop?ssl-mode=MAYBE": "ssl-mode in the dsn",
		"mysql://r:geheim@db/shop?ssl_ca=x":       "unknown setting",
		"mysql://r:geheim@db/shop?ssl-ca=/no/ca":  "ssl-ca in the dsn",
		"mysql://r:geheim@db/shop?timeout=soon":   "timeout in the dsn",
	} {
		_, err := New("erp", config.Source{DSN: dsn}, "")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
}

// certificate signs a certificate for a host, by itself.
func certificate(t *testing.T, host string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret})
}

func TestTLS(t *testing.T) {
	conn := ducktest.Scratch(t)
	cert, key := certificate(t, "localhost")
	other, _ := certificate(t, "localhost")
	server := mysqltest.Start(t, map[string][]byte{"cert.pem": cert, "key.pem": key}, "--ssl-cert=DIR/cert.pem", "--ssl-key=DIR/key.pem")
	authority, wrong := filepath.Join(t.TempDir(), "ca.pem"), filepath.Join(t.TempDir(), "other.pem")
	for path, content := range map[string][]byte{authority: cert, wrong: other} {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const cipher = "SELECT variable_value <> '' AS secure FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'"
	for _, c := range []struct {
		query, want string
	}{
		{"", "0"}, {"?ssl-mode=REQUIRED", "1"}, {"?ssl-mode=PREFERRED", "1"}, {"?tls=skip-verify", "1"}, {"?ssl-ca=" + authority, "1"},
		{"?ssl-mode=VERIFY_CA&ssl-ca=" + authority, "1"}, {"?ssl-mode=VERIFY_IDENTITY", ""}, {"?ssl-ca=" + wrong, ""}, {"?ssl-mode=VERIFY_CA&ssl-ca=" + wrong, ""},
	} {
		s := open(t, server.DSN()+c.query)
		if c.want == "" {
			_, err := s.Columns(context.Background(), conn, source.Request{SQL: cipher})
			if err == nil || !strings.Contains(err.Error(), "check ssl-mode and ssl-ca") {
				t.Errorf("%s: %v", c.query, err)
			}
			continue
		}
		if _, rows := land(t, s, conn, cipher); rows[0] != c.want {
			t.Errorf("%s: %s", c.query, rows[0])
		}
	}
}

func TestTables(t *testing.T) {
	server := mysqltest.Start(t, nil)
	server.Exec(t, "DROP TABLE open_to_all; CREATE TABLE customers (id int unsigned NOT NULL, region varchar(20), PRIMARY KEY (id)); CREATE TABLE `order lines` (order_id int, line int, customer int unsigned, PRIMARY KEY (order_id, line), FOREIGN KEY (customer) REFERENCES customers (id)); CREATE VIEW v AS SELECT id FROM customers; INSERT INTO customers VALUES (1, 'n'), (2, 's'); ANALYZE TABLE customers")
	s := open(t, server.DSN())
	got, err := s.Tables(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want := []source.Table{
		{Name: "customers", Select: "SELECT `id`, `region` FROM `customers`", Rows: 2, Primary: []string{"id"},
			Columns: []source.TableColumn{{Name: "id", Type: "int(10) unsigned"}, {Name: "region", Type: "varchar(20)", Nullable: true}}},
		{Name: "order lines", Select: "SELECT `order_id`, `line`, `customer` FROM `order lines`", Primary: []string{"order_id", "line"},
			Columns: []source.TableColumn{{Name: "order_id", Type: "int(11)"}, {Name: "line", Type: "int(11)"}, {Name: "customer", Type: "int(10) unsigned", Nullable: true}},
			Foreign: []source.ForeignKey{{Columns: []string{"customer"}, Table: "customers", To: []string{"id"}}}},
		{Name: "v", Select: "SELECT `id` FROM `v`", View: true, Rows: -1, Columns: []source.TableColumn{{Name: "id", Type: "int(10) unsigned"}}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if what, err := s.Check(context.Background()); err != nil || !strings.Contains(what, "MariaDB") {
		t.Error(what, err)
	}
}

// A cancelled extract ends at once, here and on the server.
func TestCancelEndsTheStatement(t *testing.T) {
	conn, server := ducktest.Scratch(t), mysqltest.Start(t, nil)
	s := open(t, server.DSN())
	for name, sql := range map[string]string{"rows": "SELECT a.seq AS n FROM seq_1_to_100000 AS a, seq_1_to_100000 AS b", "sleeping": "SELECT SLEEP(100) AS n"} {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(300*time.Millisecond, cancel)
		began := time.Now()
		dir := t.TempDir()
		_, err := s.Land(ctx, conn, source.Request{Name: "x", SQL: sql, Path: filepath.Join(dir, "x.parquet")})
		if !errors.Is(err, context.Canceled) || time.Since(began) > 1300*time.Millisecond {
			t.Errorf("%s: %v after %v", name, err, time.Since(began))
		}
		if left, _ := filepath.Glob(dir + "/*"); len(left) > 0 {
			t.Error("left", left)
		}
	}
	time.Sleep(200 * time.Millisecond)
	if _, rows := land(t, s, conn, "SELECT count(*) AS n FROM information_schema.processlist WHERE info LIKE 'SELECT%' AND info NOT LIKE '%processlist%'"); rows[0] != "0" {
		t.Error("statements still run on the server:", rows)
	}
}
