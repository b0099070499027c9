package etl

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"verso/etl/canon"
	"verso/etl/cast"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

const bad = "(bad)"

// typeValue stages one value as a column of the table x and returns it as text:
// "" for null, (bad) for a value that sends the row to quarantine.
func typeValue(t *testing.T, db engine.QueryExecer, col canon.Column, kind string, how cast.Reading, values []string) []string {
	t.Helper()
	ctx := context.Background()
	table := &canon.Table{Name: "x", Columns: []canon.Column{col}}
	run(t, db, "CREATE OR REPLACE TABLE raw (\"v\" "+kind+", \"_row\" BIGINT)")
	for i, v := range values {
		var arg any = v
		if v == "<null>" {
			arg = nil
		}
		if _, err := db.Exec(ctx, engine.SQL("INSERT INTO raw VALUES (CAST(? AS "+kind+"), ?)", arg, i)); err != nil {
			t.Fatal(err)
		}
	}
	run(t, db, "CREATE SCHEMA IF NOT EXISTS stage")
	run(t, db, `DROP TABLE IF EXISTS stage."_x"`)
	st := &staging{table: table, source: "s", from: "raw", hasRow: true, textIDs: how.TextIDs,
		columns: map[string]mapped{col.Name: {"v", kind}}, how: map[string]cast.Reading{col.Name: how}}
	all := []*staging{st}
	run(t, db, createStore(table, all))
	run(t, db, st.insert(all))
	var out []string
	err := engine.Rows(ctx, db, engine.SQL(fmt.Sprintf(`SELECT CAST(s.%s AS VARCHAR), coalesce(b."_bad" = s."_mark", s."_mark" > 0), b."_value" FROM stage."_x" s LEFT JOIN (%s) b ON b."_row" = s."_row" ORDER BY s."_row"`, q(col.Name), st.bad())), func(row []any) error {
		if row[1] == true {
			out = append(out, bad)
			if engine.Text(row[2]) != values[len(out)-1] {
				t.Errorf("value in quarantine: %q, want %q", engine.Text(row[2]), values[len(out)-1])
			}
			return nil
		}
		out = append(out, engine.Text(row[0]))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	fastAgrees(t, db, table, st, out)
	return out
}

// fastAgrees: plain casts either give the value that the careful way gives, or
// mark it to be looked at again.
func fastAgrees(t *testing.T, db engine.QueryExecer, table *canon.Table, st *staging, want []string) {
	t.Helper()
	st.fast = true
	all := []*staging{st}
	run(t, db, `DROP TABLE stage."_x"`)
	run(t, db, createStore(table, all))
	run(t, db, st.insert(all))
	err := engine.Rows(context.Background(), db, engine.SQL(fmt.Sprintf(`SELECT "_row", CAST(%s AS VARCHAR), "_mark" FROM stage."_x"`, q(table.Columns[0].Name))), func(row []any) error {
		i, _ := engine.Int(row[0])
		mark, _ := engine.Int(row[2])
		got := engine.Text(row[1])
		switch {
		case mark > 0 && mark%10 == faultMissed:
			return nil
		case mark > 0:
			got = bad
		}
		if got != want[i] {
			t.Errorf("row %d: plain cast gives %q, want %q", i, got, want[i])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, db engine.Execer, sql string) {
	t.Helper()
	if _, err := db.Exec(context.Background(), engine.SQL(sql)); err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
}

func memoryDB(t *testing.T) *duck.DB {
	t.Helper()
	if duck.Arrow != "native" {
		t.Skip("needs -tags duckdb_arrow")
	}
	db, err := duck.Open(context.Background(), duck.Options{MaxConns: 1, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

type typing struct {
	name   string
	col    canon.Column
	kind   string
	how    cast.Reading
	values [][2]string
}

func TestTypes(t *testing.T) {
	hundred, zeroBound := 100.0, 0.0
	tests := []typing{
		{"id", canon.Column{Name: "id", Type: canon.ID}, "VARCHAR", cast.Reading{}, [][2]string{
			{"12", "12"}, {" 12 ", "12"}, {"007", "7"}, {"-3", "-3"}, {"17850.0", "17850"}, {"１２３", "123"}, {"12.5", bad}, {"1e3", bad}, {"0x1F", bad},
			{"1_000", bad}, {"85123A", bad}, {"999999999999999999", "999999999999999999"}, {"99999999999999999999", bad}, {"", ""}, {"  ", ""}, {"<null>", ""},
			{"NULL", ""}, {"nan", ""}, {"12　", "12"}, {"'; DROP TABLE raw; --", bad}}},
		{"id text", canon.Column{Name: "id", Type: canon.ID}, "VARCHAR", cast.Reading{TextIDs: true}, [][2]string{
			{"85123A", "85123A"}, {" a ", "a"}, {"Ａ１２", "A12"}, {"", ""}, {"　", ""}, {"12.0", "12.0"}, {"'x", "'x"}, {"图书", "图书"}}},
		{"id text of whole floats", canon.Column{Name: "id", Type: canon.ID}, "VARCHAR", cast.Reading{TextIDs: true, WholeFloats: true}, [][2]string{{"17850.0", "17850"}, {"", ""}}},
		{"id of doubles", canon.Column{Name: "id", Type: canon.ID}, "DOUBLE", cast.Reading{}, [][2]string{{"17850.0", "17850"}, {"1.5", bad}, {"nan", ""}}},
		{"id text of doubles", canon.Column{Name: "id", Type: canon.ID}, "DOUBLE", cast.Reading{TextIDs: true}, [][2]string{{"17850", "17850"}, {"1.5", "1.5"}}},
		{"text", canon.Column{Name: "name", Type: canon.Text}, "VARCHAR", cast.Reading{}, [][2]string{
			{"  a b ", "a b"}, {"\u3000中国　图书\u3000", "中国　图书"}, {"\t x\r\n", "x"}, {"", ""}, {" \u00a0", ""}, {"NULL", "NULL"}, {"１２", "１２"}, {"a\u0000b", "a\u0000b"}}},
		{"code", canon.Column{Name: "isbn13", Type: canon.Text}, "VARCHAR", cast.Reading{}, [][2]string{{"９７８７１１１０７５７５２", "9787111075752"}, {" 978-7 ", "978-7"}}},
		{"code of doubles", canon.Column{Name: "isbn13", Type: canon.Text}, "DOUBLE", cast.Reading{}, [][2]string{{"9787111075752", "9787111075752"}}},
		{"integer", canon.Column{Name: "qty", Type: canon.Integer}, "VARCHAR", cast.Reading{}, [][2]string{
			{"6", "6"}, {"-6", "-6"}, {"6.0", "6"}, {"12.5", bad}, {"1,200", "1200"}, {"12,00", bad}, {"1e3", "1000"}, {"(5)", "-5"}, {"5-", "-5"}, {"−5", "-5"},
			{"－５", "-5"}, {"２０", "20"}, {"2147483647", "2147483647"}, {"2147483648", bad}, {"two", bad}, {"inf", bad}, {"NaN", ""}, {"", ""}, {"-", ""}, {"1 000", "1000"}, {"12 34", bad}, {"+7", "7"}}},
		{"integer comma", canon.Column{Name: "qty", Type: canon.Integer}, "VARCHAR", cast.Reading{Comma: true}, [][2]string{{"1.200", "1200"}, {"6,0", "6"}, {"6", "6"}, {"6.5", bad}}},
		{"integer range", canon.Column{Name: "pct", Type: canon.Integer, Min: &zeroBound, Max: &hundred}, "VARCHAR", cast.Reading{}, [][2]string{{"0", "0"}, {"100", "100"}, {"101", bad}, {"-1", bad}, {"", ""}}},
		{"integer typed", canon.Column{Name: "qty", Type: canon.Integer}, "BIGINT", cast.Reading{}, [][2]string{{"5", "5"}, {"5000000000", bad}}},
		{"integer of decimals", canon.Column{Name: "qty", Type: canon.Integer}, "DECIMAL(10,2)", cast.Reading{}, [][2]string{{"5.00", "5"}, {"5.50", bad}}},
		{"money", canon.Column{Name: "price", Type: canon.Money}, "VARCHAR", cast.Reading{}, [][2]string{
			{"2.55", "2.5500"}, {"1,234.50", "1234.5000"}, {"1,234,567.8", "1234567.8000"}, {"12,50", bad}, {"1,23", bad}, {"¥12.50", "12.5000"}, {"￥１２．５", "12.5000"}, {"€ 3", "3.0000"},
			{"12.50元", "12.5000"}, {"(12.50)", "-12.5000"}, {"（12.50）", "-12.5000"}, {"($1,000.00)", "-1000.0000"}, {"12.50-", "-12.5000"}, {"- 3", "-3.0000"}, {"−3", "-3.0000"},
			{"1.23455", "1.2346"}, {"-1.23455", "-1.2346"}, {"0.00005", "0.0001"}, {"99999999999999.9999", "99999999999999.9999"}, {"100000000000000", bad}, {"1e2", "100.0000"}, {".5", "0.5000"}, {"5.", "5.0000"},
			{"1'234.5", "1234.5000"}, {"1 234.5", "1234.5000"}, {"1\u00a0234.5", "1234.5000"}, {"12%", bad}, {"abc", bad}, {"", ""}, {"-", ""}, {"N/A", ""}, {"--5", bad}, {"1.2.3", bad}, {"USD 5", bad}}},
		{"money comma", canon.Column{Name: "price", Type: canon.Money}, "VARCHAR", cast.Reading{Comma: true}, [][2]string{
			{"2,55", "2.5500"}, {"1.234,50", "1234.5000"}, {"1.234", "1234.0000"}, {"12.5", bad}, {"1 234,5", "1234.5000"}, {"7", "7.0000"}, {"-0,5", "-0.5000"}, {"1,234.5", bad}}},
		{"money of doubles", canon.Column{Name: "price", Type: canon.Money}, "DOUBLE", cast.Reading{}, [][2]string{{"2.55", "2.5500"}, {"nan", ""}, {"1e+20", bad}}},
		{"percent", canon.Column{Name: "disc", Type: canon.Percent}, "VARCHAR", cast.Reading{}, [][2]string{{"15", "15.0000"}, {"15%", "15.0000"}, {"１５％", "15.0000"}, {"7.5 %", "7.5000"}, {"0.15", "0.1500"}, {"%", ""}, {"15%%", bad}}},
		{"rate", canon.Column{Name: "rate", Type: canon.Rate}, "VARCHAR", cast.Reading{}, [][2]string{{"6.12345678", "6.12345678"}, {"7", "7.00000000"}}},
		{"double", canon.Column{Name: "w", Type: canon.Double}, "VARCHAR", cast.Reading{}, [][2]string{{"0.5", "0.5"}, {"1e-3", "0.001"}, {"inf", bad}, {"nan", ""}, {"1,000.5", "1000.5"}, {"x", bad}}},
		{"boolean", canon.Column{Name: "b", Type: canon.Boolean}, "VARCHAR", cast.Reading{}, [][2]string{
			{"true", "true"}, {"FALSE", "false"}, {"Yes", "true"}, {"n", "false"}, {"1", "true"}, {"0", "false"}, {"是", "true"}, {"否", "false"}, {"Ｙ", "true"}, {"1.0", "true"}, {"maybe", bad}, {"2", bad}, {"", ""}}},
		{"boolean of numbers", canon.Column{Name: "b", Type: canon.Boolean}, "INTEGER", cast.Reading{}, [][2]string{{"1", "true"}, {"0", "false"}, {"7", bad}}},
		{"currency", canon.Column{Name: "ccy", Type: canon.Currency}, "VARCHAR", cast.Reading{}, [][2]string{{"CNY", "CNY"}, {"usd", "USD"}, {" eur ", "EUR"}, {"RMB", "CNY"}, {"￥", "CNY"}, {"$", "USD"}, {"ＵＳＤ", "USD"}, {"dollar", bad}, {"U$", bad}, {"", ""}}},
		{"value", canon.Column{Name: "ch", Type: canon.Text, Required: true, Values: []string{"e-mail", "customs_cleared", "in print"}}, "VARCHAR", cast.Reading{}, [][2]string{
			{"e-mail", "e-mail"}, {"E-Mail", "e-mail"}, {"EMAIL", "e-mail"}, {"e mail", "e-mail"}, {"Customs Cleared", "customs_cleared"}, {" in-print ", "in print"}, {"Ｅｍａｉｌ", "e-mail"}, {"pigeon", bad}}},
		{"value optional", canon.Column{Name: "ch", Type: canon.Text, Values: []string{"mail"}}, "VARCHAR", cast.Reading{}, [][2]string{{"mail", "mail"}, {"pigeon", ""}, {"", ""}}},
		{"required", canon.Column{Name: "n", Type: canon.Text, Required: true}, "VARCHAR", cast.Reading{}, [][2]string{{"a", "a"}, {"", bad}, {" ", bad}}},
		{"required reference", canon.Column{Name: "n", Type: canon.ID, Required: true, References: "y.id"}, "VARCHAR", cast.Reading{}, [][2]string{{"1", "1"}, {"", ""}, {"x", bad}}},
	}
	checkTypes(t, tests)
}

func TestDates(t *testing.T) {
	day := canon.Column{Name: "d", Type: canon.Date}
	moment := canon.Column{Name: "ts", Type: canon.Timestamp}
	checkTypes(t, []typing{
		{"date", day, "VARCHAR", cast.Reading{}, [][2]string{
			{"2024-03-05", "2024-03-05"}, {"2024-3-5", "2024-03-05"}, {"2024/3/5", "2024-03-05"}, {"2024.03.05", "2024-03-05"}, {"20240305", "2024-03-05"}, {"2024年3月5日", "2024-03-05"}, {"２０２４－０３－０５", "2024-03-05"},
			{"2024-03-05 10:11:12", "2024-03-05"}, {"2024-03-05T10:11:12Z", "2024-03-05"}, {"2024-03-05T23:30:00+08:00", "2024-03-05"}, {"2024/3/5 10:11", "2024-03-05"}, {"2024年3月5日 10:11", "2024-03-05"},
			{"05-03-2024", "2024-03-05"}, {"5.3.2024", "2024-03-05"}, {"31.12.2024 23:59", "2024-12-31"}, {"05/03/2024", "2024-03-05"}, {"13/03/2024", "2024-03-13"}, {"5/3/2024 2:30 PM", "2024-03-05"},
			{"45356", "2024-03-05"}, {"45356.75", "2024-03-05"}, {"1", "1900-01-01"}, {"61", "1900-03-01"}, {"80001", bad}, {"2024", bad}, {"0", bad},
			{"5 Mar 2024", "2024-03-05"}, {"05-Mar-24", "2024-03-05"}, {"March 5, 2024", "2024-03-05"},
			{"2024-02-30", bad}, {"31/04/2024", bad}, {"05/03/24", bad}, {"2024-13-01", bad}, {"yesterday", bad}, {"2024-03-05 garbage", bad}, {"2024-03-05x", bad}, {"0000-00-00", ""}, {"", ""}, {"-", ""}, {"infinity", bad}, {"9999-12-31", "9999-12-31"}, {"0024-03-05", bad}}},
		{"date month first", day, "VARCHAR", cast.Reading{SlashMonth: true}, [][2]string{{"03/05/2024", "2024-03-05"}, {"3/15/2024", "2024-03-15"}, {"15/3/2024", bad}}},
		{"date own format", day, "VARCHAR", cast.Reading{Formats: []string{"%d%m%y"}}, [][2]string{{"050324", "2024-03-05"}, {"2024-03-05", "2024-03-05"}}},
		{"date own format first", day, "VARCHAR", cast.Reading{Formats: []string{"%m.%d.%Y"}}, [][2]string{{"03.05.2024", "2024-03-05"}}},
		{"date partial", canon.Column{Name: "pub_date", Type: canon.Date}, "VARCHAR", cast.Reading{PartialDates: true}, [][2]string{{"1998", "1998-01-01"}, {"1998-05", "1998-05-01"}, {"1998年5月", "1998-05-01"}, {"1998-05-07", "1998-05-07"}}},
		{"date of timestamps", day, "TIMESTAMP", cast.Reading{}, [][2]string{{"2024-03-05 10:00:00", "2024-03-05"}}},
		{"date of numbers", day, "BIGINT", cast.Reading{}, [][2]string{{"20240305", "2024-03-05"}, {"45356", "2024-03-05"}}},
		{"timestamp", moment, "VARCHAR", cast.Reading{}, [][2]string{
			{"2010-12-01 08:26:00", "2010-12-01 08:26:00"}, {"2024-03-05", "2024-03-05 00:00:00"}, {"2024-03-05T10:00:00+08:00", "2024-03-05 02:00:00"}, {"2024-03-05T10:00:00Z", "2024-03-05 10:00:00"},
			{"2024-03-05 10:00:00-05:00", "2024-03-05 15:00:00"}, {"2024-03-05 10:00+08", "2024-03-05 02:00:00"}, {"2024-03-05 10:00:00.123456", "2024-03-05 10:00:00.123456"}, {"5/3/2024 2:30 PM", "2024-03-05 14:30:00"}, {"20240305101112", "2024-03-05 10:11:12"},
			{"45356.5", "2024-03-05 12:00:00"}, {"2024年3月5日 10:11", "2024-03-05 10:11:00"}, {"12:30", bad}, {"", ""}}},
		{"timestamp of zoned", moment, "TIMESTAMP WITH TIME ZONE", cast.Reading{}, [][2]string{{"2024-03-05 10:00:00+08", "2024-03-05 02:00:00"}}},
	})
}

func checkTypes(t *testing.T, tests []typing) {
	t.Helper()
	db := memoryDB(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := make([]string, len(tt.values))
			for i, v := range tt.values {
				in[i] = v[0]
			}
			got := typeValue(t, db, tt.col, tt.kind, tt.how, in)
			for i, v := range tt.values {
				if got[i] != v[1] {
					t.Errorf("%q: got %q, want %q", v[0], got[i], v[1])
				}
			}
		})
	}
}

// Every canonical table must yield a staging statement that the engine takes,
// with every column mapped from text.
func TestEveryTableStages(t *testing.T) {
	db := memoryDB(t)
	run(t, db, "CREATE SCHEMA stage; CREATE SCHEMA quarantine")
	for _, table := range canon.Tables() {
		var list []string
		columns := map[string]mapped{}
		for _, c := range table.Columns {
			list = append(list, "CAST(NULL AS VARCHAR) AS "+q("src "+c.Name))
			columns[c.Name] = mapped{"src " + c.Name, "VARCHAR"}
		}
		run(t, db, createQuarantine("z_"+table.Name))
		st := &staging{table: &table, source: "s", from: "(SELECT " + strings.Join(list, ", ") + ", 0 AS \"_row\")", hasRow: true, columns: columns, how: map[string]cast.Reading{}}
		all := []*staging{st}
		run(t, db, createStore(&table, all))
		run(t, db, st.insert(all))
		run(t, db, createView(&table, all, []string{"it's"}))
	}
}
