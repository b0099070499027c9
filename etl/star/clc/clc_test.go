package clc

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// userRows are classes below what is shipped, as a user's own table would hold
// them: the deepest classes of the vectors, under the parents the vectors state.
var userRows = []Row{
	{Code: "A"}, // shipped already: keeps its names
	{Code: "B333", Parent: "B31/39"},
	{Code: "D813.4", Parent: "D81"},
	{Code: "D922.59", Parent: "D92"},
	{Code: "DF04", Parent: "DF0"},
	{Code: "E25", Parent: "E2"}, {Code: "E251", Parent: "E25"},
	{Code: "F279.27", Parent: "F27"},
	{Code: "G649.3/.7", Parent: "G64"},
	{Code: "H319.4", Parent: "H31"},
	{Code: "I287.8", Parent: "I28"},
	{Code: "J523.2", Parent: "J52"},
	{Code: "K825.2", Parent: "K82"},
	{Code: "K876.3", Parent: "K87"},
	{Code: "Q959.7", Parent: "Q959"},
	{Code: "R181.8"}, // parent found from the code: R18
	{Code: "TB484.5", Parent: "TB4"},
	{Code: "TP311", Parent: "TP3"}, {Code: "TP312", Parent: "TP3"}, {Code: "TP391.4", Parent: "TP3"},
	{Code: "[X-019]", Parent: "X-0"},
}

func dataDir(t *testing.T) string {
	dir := os.Getenv("VERSO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	if _, err := os.Stat(filepath.Join(dir, "clc")); err != nil {
		t.Skip("no test data: set VERSO_DATA")
	}
	return dir
}

func vectors(t *testing.T) [][]string {
	f, err := os.Open(filepath.Join(dataDir(t), "clc", "parse_vectors.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records[1:]
}

// find returns the main class read from the stated part of an input.
func find(t *testing.T, table *Table, input, part string) Class {
	classes := table.Parse(input)
	if part == "" && len(classes) == 0 {
		return Class{}
	}
	for _, c := range classes {
		if c.Role == Main && c.Text == part {
			return c
		}
	}
	t.Fatalf("no part %q in %+v", part, classes)
	return Class{}
}

func TestVectors(t *testing.T) {
	table, notes := New(Merge(Shipped(), userRows), Areas())
	if len(notes) > 0 {
		t.Fatal(notes)
	}
	rows := vectors(t)
	if len(rows) < 36 {
		t.Fatal("only", len(rows), "vectors")
	}
	for _, v := range rows {
		t.Run(v[0]+" "+v[1], func(t *testing.T) {
			c := find(t, table, v[0], v[1])
			if diff := cmp.Diff(v[3:7], []string{c.L1, c.L2, c.L3, c.Deepest}); diff != "" {
				t.Error(diff)
			}
			if brackets := strings.ContainsAny(v[2], "]}"); !brackets && v[2] != "" && c.Suffix != v[2] {
				t.Errorf("suffix %q, want %q", c.Suffix, v[2])
			}
		})
	}
}

// The table that is shipped knows the first two levels of every vector.
func TestVectorsShipped(t *testing.T) {
	table, notes := New(Shipped(), Areas())
	if len(notes) > 0 {
		t.Fatal(notes)
	}
	for _, v := range vectors(t) {
		c := find(t, table, v[0], v[1])
		if c.L1 != v[3] || c.L2 != v[4] {
			t.Errorf("%s: %s %s, want %s %s", v[0], c.L1, c.L2, v[3], v[4])
		}
	}
}

func TestShipped(t *testing.T) {
	table, notes := New(Shipped(), Areas())
	if len(notes) > 0 {
		t.Fatal(notes)
	}
	levels := map[int]int{}
	for _, n := range table.Nodes() {
		levels[n.Level]++
		if n.NameZH == "" || n.NameEN == "" {
			t.Error("no name:", n.Code)
		}
	}
	if levels[1] != 22 || levels[2] != 248 || len(levels) != 3 {
		t.Error(levels)
	}
	buckets := table.Buckets()
	if len(buckets) != 38 {
		t.Error(len(buckets), buckets)
	}
	for _, b := range buckets {
		if b.NameEN == "" || b.NameZH == "" || Group(b.Code[:1]) == "" {
			t.Error(b)
		}
	}
	for _, code := range []string{"T", "T-6"} {
		if b := table.Bucket(table.Node(code)); b.Code != OtherTechnology {
			t.Error(code, b)
		}
	}
}

func TestParse(t *testing.T) {
	table, _ := New(Merge(Shipped(), userRows), Areas())
	tests := []struct {
		in   string
		want []string // deepest, area class, suffix, role, flags
	}{
		{"", nil},
		{" ; ，", nil},
		{"I712.45", []string{"I3/7 I712 main"}},
		{"I561.45;I565", []string{"I3/7 I561 main", "I3/7 I565 main"}},
		{"D771.2", []string{"D73/77 D771.2 main"}},
		{"F171.2", []string{"F13/17 F171.2 main"}},
		{"K837.125.6", []string{"K833/837 K837.12 main"}},
		{"K561", []string{"K5 K561 main"}},
		{"K5", []string{"K5 main"}},
		{"B313", []string{"B31/39 B313 main"}},
		{"B84-49", []string{"B84 -49 main"}},
		{"B333", []string{"B333 main"}},
		{"A-49", []string{"A -49 main"}},
		{"TP-62", []string{"TP -62 main"}},
		{"R-05", []string{"R-0 main"}},
		{"H319.4:I712.45", []string{"H319.4 main", "I3/7 I712 combined"}},
		{"K837.125.6(202)+R173:G25a", []string{"K833/837 K837.12 (202) main", "R1 parallel", "G2 combined recommended"}},
		{"[X-019]", []string{"X-019 main alternative"}},
		{"{D922.59}", []string{"D922.59 main retired"}},
		{"{F012}<F08>", []string{"F08 main retired"}},
		{"{F08}<?>", []string{"F08 main retired"}},
		{"TP312JA/45", []string{"unknown"}},
		{"TP312JAVA", []string{"TP312 JAVA main"}},
		{"TP312C++", []string{"TP312 C++ main"}},
		{"I287.8/123", []string{"I287.8 /123 main"}},
		{"TP 312", []string{"TP312 main"}},
		{"K825.2 W34", []string{"K825.2 main"}},
		{"ＴＰ３１１；ｋ８７６．３＝４９", []string{"TP311 main", "K876.3 =49 main"}},
		{"NOVEL", []string{"unknown"}},
		{"FIC 123", []string{"unknown"}},
		{"TEXTBOOK", []string{"unknown"}},
		{"005.133", []string{"unknown"}},
		{"小说", []string{"unknown"}},
		{"I小说", []string{"unknown"}},
		{"L12", []string{"unknown"}},
		{"M12;G4", []string{"unknown", "G4 main"}},
		{"{", []string{"unknown"}},
		{":+:", []string{"unknown"}},
	}
	roles := map[Role]string{Main: "main", Combined: "combined", Parallel: "parallel"}
	for _, test := range tests {
		t.Run(test.in, func(t *testing.T) {
			var got []string
			for _, c := range table.Parse(test.in) {
				words := []string{c.Deepest, c.AreaClass, c.Suffix, roles[c.Role]}
				if !c.Known {
					words = []string{"unknown"}
				}
				for flag, on := range map[string]bool{"retired": c.Retired && c.Known, "alternative": c.Alternative, "recommended": c.Recommended} {
					if on {
						words = append(words, flag)
					}
				}
				got = append(got, strings.Join(strings.Fields(strings.Join(words, " ")), " "))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAreaNode(t *testing.T) {
	table, _ := New(Shipped(), Areas())
	n := table.AreaNode(table.Parse("I712.45")[0])
	want := &Node{
		Row:   Row{Code: "I712", Parent: "I3/7", NameZH: "各国文学：美国", NameEN: "Literature of other countries: United States"},
		Level: 3, Path: []string{"I", "I3/7", "I712"},
	}
	if diff := cmp.Diff(want, n); diff != "" {
		t.Error(diff)
	}
	if n := table.AreaNode(table.Parse("O1")[0]); n != nil {
		t.Error(n)
	}
}

// Explicit parents win over the code, wrong tables are put right and noted.
func TestOddTables(t *testing.T) {
	table, notes := New([]Row{
		{Code: "K"}, {Code: "K81", Parent: "K"}, {Code: "K82", Parent: "K81"},
		{Code: "K825", Parent: "K999"},                           // unknown parent
		{Code: "K3", Parent: "K31"}, {Code: "K31", Parent: "K3"}, // a circle
		{Code: "K82"},            // twice
		{Code: "a class"},        // none
		{Code: "L", Parent: "L"}, // its own parent
	}, nil)
	want := []Note{
		{"K82", "listed twice: the first is kept"},
		{"a class", "not a class code: left out"},
		{"K825", "parent K999 is not in the table: taken from the code"},
		{"K3", "its parents go round in a circle: cut here"},
		{"L", "its parents go round in a circle: cut here"},
	}
	if diff := cmp.Diff(want, notes); diff != "" {
		t.Error(diff)
	}
	for code, path := range map[string]string{
		"K825": "K/K81/K82/K825", "K31": "K/K3/K31", "L": "L",
	} {
		if got := strings.Join(table.Node(code).Path, "/"); got != path {
			t.Error(got, path)
		}
	}
}

// A class that leads into a circle is not cut; the circle behind it is.
func TestIntoCircle(t *testing.T) {
	table, notes := New([]Row{
		{Code: "B"}, {Code: "B0", Parent: "B7"}, {Code: "B5", Parent: "B8"}, {Code: "B6", Parent: "B5"}, {Code: "B7", Parent: "B6"}, {Code: "B8", Parent: "B7"},
	}, nil)
	if diff := cmp.Diff([]Note{{"B5", "its parents go round in a circle: cut here"}}, notes); diff != "" {
		t.Error(diff)
	}
	if got := strings.Join(table.Node("B0").Path, "/"); got != "B/B5/B6/B7/B0" {
		t.Error(got)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"TP391.41", "{D1}<D2>", "K837.125.6(202)+R173:G25a", "ＴＰ３１１", "[[[", "I3/7", "\xff;A", "TP312C"} {
		f.Add(seed)
	}
	table, _ := New(Shipped(), Areas())
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range table.Parse(text) {
			if c.Known != (c.Deepest != "") || c.Known != (c.L1 != "") {
				t.Errorf("%q: %+v", text, c)
			}
			if c.Known && table.Node(c.Deepest) == nil {
				t.Errorf("%q: no class %q", text, c.Deepest)
			}
			if n := table.AreaNode(c); (n != nil) != (c.Area != "") {
				t.Errorf("%q: area %+v", text, c)
			}
		}
	})
}
