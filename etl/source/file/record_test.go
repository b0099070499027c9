package file

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"verso/etl/config"
	"verso/etl/source/landing"
	"verso/olap/engine"
)

func engineSQL(sql string) engine.Statement { return engine.SQL(sql) }

// all reads every record; ok says that none was bad.
func all(src io.Reader, columns int) (rows [][]string, ok bool, err error) {
	d := dialect{delim: ',', quote: '"', escape: '"'}
	r := newReader(src, d)
	r.columns = columns
	ok = true
	for {
		rec, err := r.next()
		if errors.Is(err, io.EOF) {
			return rows, ok, nil
		}
		if err != nil {
			return nil, false, err
		}
		if rec.kind == bad {
			ok = false
			continue
		}
		var row []string
		for _, v := range rec.values(d, columns, nil) {
			row = append(row, string(v))
		}
		rows = append(rows, row)
	}
}

// Where both readers are strict they must agree: whatever encoding/csv accepts
// is read the same here.
func FuzzRecords(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\"\"b\",c\n", "a,\"b\nc\"\r\nd,e", "\"\",\n\n,", "a,\"b", "\"a\"b,c\n", "a\rb,c\n", "\xff,a\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok, err := all(strings.NewReader(text), 0)
		if err != nil {
			t.Fatal(err)
		}
		slow, slowOK, err := all(iotest.OneByteReader(strings.NewReader(text)), 0)
		if err != nil || ok != slowOK || cmp.Diff(got, slow) != "" {
			t.Fatalf("read byte by byte it is %q, else %q", slow, got)
		}
		if strings.ContainsAny(text, "\r\x00") || !ok {
			return // encoding/csv turns \r\n inside quotes into \n
		}
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = -1
		want, err := r.ReadAll()
		if err != nil {
			return // the other is stricter about quotes inside fields
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q (-encoding/csv +ours):\n%s", text, d)
		}
	})
}

// cells are fields that CSV readers get wrong.
var cells = []string{"", "a", " b ", "1.5", "书名", `say "hi"`, "x,y", "two\nlines", "cr\rin", "end\r\nin", `"`, `""`, ",", "\n", "'", "\\", "#", " \"q\" ", "NULL", "\t"}

// The engine's scan of a clean file and the spool give the same rows, and so
// does the table they were written from.
func TestDirectAndSpooledAgree(t *testing.T) {
	b := newBench(t)
	r := rand.New(rand.NewPCG(7, 7))
	engineRead := 0
	for round := range 40 {
		columns := 1 + r.IntN(4)
		end := []string{"\n", "\r\n"}[r.IntN(2)]
		var text strings.Builder
		var want [][]string
		for c := range columns {
			fmt.Fprintf(&text, "%sc%d", map[bool]string{true: ",", false: ""}[c > 0], c)
		}
		text.WriteString(end)
		for range r.IntN(300) {
			var row, written []string
			for range columns {
				v := cells[r.IntN(len(cells))]
				row = append(row, v)
				if strings.ContainsAny(v, "\",\r\n'") || strings.TrimSpace(v) != v || r.IntN(5) == 0 {
					v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
				}
				written = append(written, v)
			}
			if columns == 1 && written[0] == "" {
				written[0] = `""`
			}
			for i := range row {
				if row[i] == "" {
					row[i] = "∅"
				}
			}
			want = append(want, row)
			text.WriteString(strings.Join(written, ",") + end)
		}
		yes := true
		path := b.write("f.csv", []byte(text.String()))
		s := b.source(config.Source{Path: path, CSV: config.CSV{Header: &yes, Delimiter: ",", Quote: `"`, Escape: `"`}})
		inputs, err := s.files(context.Background(), b.conn)
		if err != nil {
			t.Fatal(err)
		}
		job, err := landing.Begin(b.conn, b.request(), b.dir)
		if err != nil {
			t.Fatal(err)
		}
		columnNames := names(columnsOf(inputs))
		passes, done, err := s.landDirect(context.Background(), job, inputs, columnNames)
		if err != nil {
			t.Fatalf("round %d: %v %v\n%q", round, passes, err, text.String())
		}
		if done { // the engine refuses some clean files, with carriage returns in quotes
			engineRead++
			if d := cmp.Diff(want, b.table(job.Temp())); d != "" {
				t.Fatalf("round %d, direct (-want +got):\n%s", round, d)
			}
		}
		if _, err := s.landSpooled(context.Background(), job, inputs, columnNames); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, b.table(job.Temp())); d != "" {
			t.Fatalf("round %d, spooled (-want +got):\n%s", round, d)
		}
		job.Abort()
	}
	if engineRead < 10 {
		t.Errorf("the engine read only %d of 40 clean files itself", engineRead)
	}
}

// Broken records anywhere cost themselves only.
func TestBrokenRecordsAnywhere(t *testing.T) {
	broken := []string{`x,"lost,1`, `x,y`, `x,y,z,w`, "x,\x00,z", `x,"y"z,1`, "x,\xff\xfe,z"}
	good := []string{`1,plain,2`, `2,"quoted, text",3`, "3,\"two\nlines\",4", `4,"say ""so""",5`}
	r := rand.New(rand.NewPCG(5, 5))
	for round := range 200 {
		var text bytes.Buffer
		text.WriteString("a,b,c\n")
		wantGood, wantBad := 0, 0
		for range 1 + r.IntN(30) {
			if r.IntN(4) == 0 {
				text.WriteString(broken[r.IntN(len(broken))] + "\n")
				// After a lost quote the next record must not be one with line ends in
				// a field: nothing tells their quotes apart.
				text.WriteString(good[0] + "\n")
				wantBad++
				wantGood++
			} else {
				text.WriteString(good[r.IntN(len(good))] + "\n")
				wantGood++
			}
		}
		rows, ok, err := all(bytes.NewReader(text.Bytes()), 3)
		if err != nil || ok != (wantBad == 0) {
			t.Fatal(err)
		}
		if len(rows)-1 != wantGood {
			t.Fatalf("round %d: %d rows, want %d:\n%s", round, len(rows)-1, wantGood, text.String())
		}
	}
}
