package evaluate

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"verso/models/propensity"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

func connect(t *testing.T) engine.Conn {
	t.Helper()
	db, err := duck.Open(t.Context(), duck.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// TestRead: columns are typed by what they hold, the same from CSV and Parquet.
func TestRead(t *testing.T) {
	conn := connect(t)
	path := filepath.Join(t.TempDir(), "a [1]*.csv")
	text := "id,n,blank,zip,day,when,word,flag,stray,none\n"
	for i := range 200 {
		stray := fmt.Sprint(i)
		if i == 7 {
			stray = "n/k"
		}
		text += fmt.Sprintf("%03d,%d.5, ,0%d,2024-01-%02d,2024-01-01 12:00:00,w%d,%v,%s,\n", i, i, i, 1+i%28, i%3, i%2 == 0, stray)
	}
	text = strings.Replace(text, "1.5, ,", "NA,3,", 1)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := Read(t.Context(), conn, path, "id")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"id": Category, "n": Number, "blank": Number, "zip": Category, "day": Date, "when": Date, "word": Category, "flag": Category, "stray": Number, "none": Category}
	for _, c := range a.Columns {
		if c.Kind != want[c.Name] {
			t.Errorf("%s is %s, want %s", c.Name, c.Kind, want[c.Name])
		}
	}
	if a.Rows != 200 || a.Column("id").Levels[5] != "005" || !math.IsNaN(a.Column("n").Numbers[1]) || a.Column("day").Numbers[0] != 19723 || a.Column("when").Numbers[0] != 19723.5 || a.Column("stray").Stray != 1 {
		t.Errorf("%+v", a.Columns[0])
	}
	parquet := filepath.Join(filepath.Dir(path), "b.parquet")
	if _, err := conn.Exec(t.Context(), engine.SQL("COPY (SELECT id, CAST(nullif(n, 'NA') AS DECIMAL(9,1)) AS n, CAST(day AS DATE) AS day, word, CAST(flag AS BOOLEAN) AS flag FROM read_csv("+
		engine.QuoteText(strings.NewReplacer("[", "[[]", "*", "[*]").Replace(path))+", header = true, all_varchar = true)) TO "+engine.QuoteText(parquet))); err != nil {
		t.Fatal(err)
	}
	b, err := Read(t.Context(), conn, parquet, "id")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(b.Column("id").Levels, a.Column("id").Levels) || b.Column("n").Numbers[3] != 3.5 || b.Column("day").Numbers[0] != 19723 || b.Column("flag").Numbers[0] != 1 {
		t.Errorf("%+v", b)
	}
	for name, text := range map[string]string{"empty.csv": "", "odd.parquet": "no parquet", "x.docx": "", "ragged.csv": "a,b\n1,2\n3\n4,5,6\n"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Read(t.Context(), conn, path)
		var unreadable *UnreadableError
		if !errors.As(err, &unreadable) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// customers is a table of n rows with a number, a category, an id and an outcome
// that follows them.
func customers(n int, seed uint64) *Table {
	rng := rand.New(rand.NewPCG(seed, 3))
	t := &Table{Rows: n, Columns: []Column{
		{Column: propensity.Column{Name: "id"}, Kind: Category}, {Column: propensity.Column{Name: "x"}, Kind: Number},
		{Column: propensity.Column{Name: "g"}, Kind: Category}, {Column: propensity.Column{Name: "y"}, Kind: Number}}}
	for i := range n {
		x, g := rng.NormFloat64(), rng.IntN(4)
		y := 0.0
		if rng.Float64() < 1/(1+math.Exp(-x-float64(g)+1.5)) {
			y = 1
		}
		t.Columns[0].Levels = append(t.Columns[0].Levels, fmt.Sprint("c", i))
		t.Columns[1].Numbers = append(t.Columns[1].Numbers, x)
		t.Columns[2].Levels = append(t.Columns[2].Levels, fmt.Sprint("g", g))
		t.Columns[3].Numbers = append(t.Columns[3].Numbers, y)
	}
	return t
}

func (t *Table) number(name string, f func(i int) float64) {
	c := Column{Column: propensity.Column{Name: name}, Kind: Number}
	for i := range t.Rows {
		c.Numbers = append(c.Numbers, f(i))
	}
	t.Columns = append(t.Columns, c)
}

func (t *Table) text(name string, f func(i int) string) {
	c := Column{Column: propensity.Column{Name: name}, Kind: Category}
	for i := range t.Rows {
		c.Levels = append(c.Levels, f(i))
	}
	t.Columns = append(t.Columns, c)
}

// TestOddData: every odd table gives a result with a note, or a refusal that says
// why.
func TestOddData(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		name    string
		rows    int
		edit    func(x *Table, r *Request)
		refused string
		note    string
	}{
		{"a constant", 400, func(x *Table, _ *Request) { x.number("flat", func(int) float64 { return 1 }) }, "", "the same in every row: flat"},
		{"all missing", 400, func(x *Table, _ *Request) { x.number("empty", func(int) float64 { return math.NaN() }) }, "", "missing in every row: empty"},
		{"the target", 400, func(x *Table, _ *Request) {
			y := x.Column("y").Numbers
			x.number("copy", func(i int) float64 { return y[i] })
		}, "copy all but determines the outcome", ""},
		{"the target in words", 400, func(x *Table, _ *Request) {
			y := x.Column("y").Numbers
			x.text("status", func(i int) string { return []string{"open", "closed"}[int(y[i])] })
		}, "leakage", ""},
		{"the target, kept", 400, func(x *Table, r *Request) {
			y := x.Column("y").Numbers
			x.number("copy", func(i int) float64 { return y[i] })
			r.Keep = []string{"copy"}
		}, "", "copy all but determines"},
		{"10,000 categories", 30000, func(x *Table, _ *Request) { x.text("many", func(int) string { return fmt.Sprint(rng.IntN(10000)) }) }, "", ""},
		{"a category a row", 3000, func(x *Table, _ *Request) { x.text("code", func(i int) string { return fmt.Sprint("k", i) }) }, "", "code has 3000 values in 3000 rows"},
		{"an order of the year 2199", 400, func(x *Table, _ *Request) {
			x.number("ordered", func(i int) float64 { return float64(19700 + i%30 + 64000*((i+1)/400)) })
			x.Column("ordered").Kind = Date
		}, "", ""},
		{"no positives", 400, func(x *Table, _ *Request) { clear(x.Column("y").Numbers) }, "none of the 400 rows", ""},
		{"all positives", 400, func(x *Table, _ *Request) {
			for i := range x.Column("y").Numbers {
				x.Column("y").Numbers[i] = 1
			}
		}, "all 400 rows", ""},
		{"ten rows", 10, nil, "fewer than 10", ""},
		{"thirty rows", 30, nil, "", "every figure is rough"},
		{"ids twice", 400, func(x *Table, _ *Request) {
			for i := range x.Columns[0].Levels {
				x.Columns[0].Levels[i] = fmt.Sprint("c", i/2)
			}
		}, "", "200 rows repeat a customer"},
		{"no ids", 400, func(x *Table, _ *Request) { x.Columns[0].Levels = make([]string, 400) }, "", "400 rows without id count as customers of their own"},
		{"no target in some", 400, func(x *Table, _ *Request) { x.Column("y").Numbers[3] = math.NaN() }, "", "1 rows without a value of y"},
	} {
		x := customers(c.rows, 5)
		r := Request{Table: x, Target: "y", ID: "id", Plain: true, Draws: 20, Learner: "logistic"}
		if c.edit != nil {
			c.edit(x, &r)
		}
		for _, learner := range []string{"logistic", "trees"} {
			r.Learner = learner
			out, err := Run(r)
			var refused *RefusedError
			switch {
			case c.refused != "":
				if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.refused) {
					t.Errorf("%s: %v, want a refusal with %q", c.name, err, c.refused)
				}
			case err != nil:
				t.Errorf("%s: %v", c.name, err)
			case c.note != "" && !slices.ContainsFunc(out.Notes, func(n string) bool { return strings.Contains(n, c.note) }):
				t.Errorf("%s: notes %q lack %q", c.name, out.Notes, c.note)
			default:
				var b bytes.Buffer
				if err := errors.Join(out.WriteText(&b), out.WriteJSON(&b)); err != nil || strings.Contains(b.String(), "NaN") {
					t.Errorf("%s: %v", c.name, err)
				}
			}
		}
	}
}

// TestSplits: duplicates of a customer stay in one fold, folds can be given, and
// time is never learned from backwards.
func TestSplits(t *testing.T) {
	x := customers(600, 6)
	for i := range x.Columns[0].Levels {
		x.Columns[0].Levels[i] = fmt.Sprint("c", i/3)
	}
	x.number("month", func(i int) float64 { return float64(i % 3) })
	r := Request{Table: x, Target: "y", ID: "id", Plain: true, Draws: 20, Learner: "logistic", Drop: []string{"month"}}
	out, err := Run(r)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]string{}
	for _, p := range out.Predictions {
		if was, ok := of[p.ID]; ok && was != p.Fold {
			t.Fatalf("%s is in folds %s and %s", p.ID, was, p.Fold)
		}
		of[p.ID] = p.Fold
	}
	if len(out.Predictions) != 600 {
		t.Errorf("%d predictions", len(out.Predictions))
	}
	r.Drop, r.Time, r.Horizon = nil, "month", 1
	if out, err = Run(r); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(out.Split.Folds, []string{"1", "2"}) || len(out.Predictions) != 400 || out.Settings[1].Train != 400 {
		t.Errorf("%+v, %d predictions", out.Split, len(out.Predictions))
	}
	if r.Horizon = 3; true {
		if _, err = Run(r); err == nil {
			t.Error("origins were tested before an outcome was known")
		}
	}
}

// TestFinal: the model of all rows scores them.
func TestFinal(t *testing.T) {
	r := Request{Table: customers(300, 7), Target: "y", ID: "id", Plain: true, Draws: 20, Learner: "trees"}
	out, err := Run(r)
	if err != nil {
		t.Fatal(err)
	}
	m, err := out.Final(r)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := m.Score(out.sample.X); err != nil || len(p) != 300 {
		t.Error(err)
	}
}
