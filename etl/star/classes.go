package star

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"verso/etl/star/clc"
	"verso/etl/star/isbn"
	"verso/olap/engine"
)

// Names of the member for class codes that cannot be read.
const (
	unclassified   = "未分类"
	unclassifiedEN = "Unclassified"
)

// classes builds core.dim_clc, core.world_area and meta.clc_code: the shipped
// table of classes with the user's laid over it, the classes within a world
// area that occur, and how each class code in the data was read.
func classes(ctx context.Context, b *builder) error {
	user, err := b.userClasses(ctx)
	if err != nil {
		return err
	}
	table, notes := clc.New(clc.Merge(clc.Shipped(), user), clc.Areas())
	codes, err := b.texts(ctx, "class_codes")
	if err != nil {
		return err
	}
	read := make([][]clc.Class, len(codes))
	nodes := map[string]*clc.Node{}
	for _, n := range table.Nodes() {
		nodes[n.Code] = n
	}
	for i, code := range codes {
		read[i] = table.Parse(code)
		for _, c := range read[i] {
			if n := table.AreaNode(c); n != nil && nodes[n.Code] == nil {
				nodes[n.Code] = n
			}
		}
	}
	ordered := make([]*clc.Node, 0, len(nodes))
	for _, n := range nodes {
		ordered = append(ordered, n)
	}
	places, err := b.keysOf(ctx, "clc")
	if err != nil {
		return err
	}
	slices.SortFunc(ordered, func(x, y *clc.Node) int {
		return cmp.Or(cmp.Compare(placed(places, x.Code), placed(places, y.Code)), strings.Compare(x.Code, y.Code))
	})
	keys := make(map[string]int32, len(ordered))
	for i, n := range ordered {
		keys[n.Code] = int32(i + 1)
	}
	if err := b.storeClasses(ctx, table, ordered, keys, nodes); err != nil {
		return err
	}
	if err := b.storeCodes(ctx, codes, read, keys); err != nil {
		return err
	}
	areas := clc.Areas()
	columns := []column{text("area_code"), text("name_zh"), text("name_en"), text("parent_code")}
	err = b.ingest(ctx, "core.world_area", columns, len(areas), func(i int) []any {
		a := areas[i]
		return []any{a.Code, a.NameZH, a.NameEN, orNull(a.Parent)}
	})
	if err != nil {
		return err
	}
	return b.ingest(ctx, "meta.star_note", []column{text("subject"), text("id"), text("note")}, len(notes), func(i int) []any {
		return []any{"clc_class", notes[i].Code, notes[i].Text}
	})
}

// keysOf are the keys that members of a dimension had in the last build.
func (b *builder) keysOf(ctx context.Context, dim string) (map[string]int64, error) {
	places := map[string]int64{}
	err := engine.Rows(ctx, b.conn, engine.SQL("SELECT id, key FROM meta.star_key WHERE dim = ? ORDER BY id", dim), func(row []any) error {
		places[engine.Text(row[0])], _ = engine.Int(row[1])
		return nil
	})
	return places, err
}

// placed is the place of a member, behind all others where it is new.
func placed(places map[string]int64, id string) int64 {
	if p, ok := places[id]; ok {
		return p
	}
	return math.MaxInt64
}

// userClasses reads stage.clc_class.
func (b *builder) userClasses(ctx context.Context) ([]clc.Row, error) {
	var rows []clc.Row
	const query = "SELECT code, parent, name, name_en FROM stage.clc_class WHERE code IS NOT NULL ORDER BY code, parent NULLS LAST, name NULLS LAST, name_en NULLS LAST"
	err := engine.Rows(ctx, b.conn, engine.SQL(query), func(row []any) error {
		rows = append(rows, clc.Row{
			Code: engine.Text(row[0]), Parent: engine.Text(row[1]), NameZH: engine.Text(row[2]), NameEN: engine.Text(row[3]),
		})
		return nil
	})
	return rows, err
}

// texts reads the one text column of a query.
func (b *builder) texts(ctx context.Context, name string) ([]string, error) {
	query, err := b.read(name)
	if err != nil {
		return nil, err
	}
	var found []string
	err = engine.Rows(ctx, b.conn, engine.SQL(query), func(row []any) error {
		found = append(found, engine.Text(row[0]))
		return nil
	})
	return found, err
}

// storeClasses fills core.dim_clc: unknown, unclassified, then every class.
func (b *builder) storeClasses(ctx context.Context, table *clc.Table, ordered []*clc.Node, keys map[string]int32, nodes map[string]*clc.Node) error {
	columns := []column{
		integer("clc_key"), text("code"), text("name_zh"), text("name_en"), integer("level"), integer("parent_key"), text("path"),
		text("l1_code"), text("l1_name_zh"), text("l1_name_en"), text("l2_code"), text("l2_name_zh"), text("l2_name_en"),
		text("l3_code"), text("l3_name"), text("bucket"), text("bucket_name_zh"), text("bucket_name_en"), text("group5"),
	}
	special := func(key int32, code, zh, en string) []any {
		return []any{key, code, zh, en, nil, int32(-1), nil, zh, zh, en, zh, zh, en, nil, nil, zh, zh, en, en}
	}
	return b.ingest(ctx, "core.dim_clc", columns, len(ordered)+2, func(i int) []any {
		switch i {
		case 0:
			return special(-1, "(unknown)", "(unknown)", "(unknown)")
		case 1:
			return special(0, unclassified, unclassified, unclassifiedEN)
		}
		n := ordered[i-2]
		parent := int32(-1)
		if n.Parent != "" {
			parent = keys[n.Parent]
		}
		row := []any{keys[n.Code], n.Code, name(n.NameZH, n), name(n.NameEN, n), int32(n.Level), parent, strings.Join(n.Path, "/")}
		for level := range 3 {
			if level >= len(n.Path) {
				row = append(row, nil, nil, nil)
				continue
			}
			at := nodes[n.Path[level]]
			row = append(row, at.Code, name(at.NameZH, at), name(at.NameEN, at))
		}
		row = append(row[:14], row[15]) // the third level has one name, English first
		bucket := table.Bucket(n)
		return append(row, bucket.Code, bucket.NameZH, bucket.NameEN, clc.Group(n.Path[0]))
	})
}

// name is a name of n, its other name where it is missing, else the code.
func name(s string, n *clc.Node) string {
	for _, s := range []string{s, n.NameEN, n.NameZH} {
		if s != "" {
			return s
		}
	}
	return n.Code
}

// storeCodes fills meta.clc_code.
func (b *builder) storeCodes(ctx context.Context, codes []string, read [][]clc.Class, keys map[string]int32) error {
	type entry struct {
		code string
		seq  int32
		clc.Class
	}
	var entries []entry
	for i, code := range codes {
		if len(read[i]) == 0 { // nothing but separators
			entries = append(entries, entry{code: code, seq: 1})
		}
		for j, c := range read[i] {
			entries = append(entries, entry{code, int32(j + 1), c})
		}
	}
	roles := map[clc.Role]string{clc.Main: "main", clc.Combined: "combined", clc.Parallel: "parallel"}
	columns := []column{
		text("code"), integer("seq"), text("role"), integer("clc_key"), text("class"), text("area"), text("suffix"), text("language"),
		boolean("is_retired"), boolean("is_alternative"),
	}
	return b.ingest(ctx, "meta.clc_code", columns, len(entries), func(i int) []any {
		e := entries[i]
		key := keys[e.Deepest]
		if e.AreaClass != "" {
			key = keys[e.AreaClass]
		}
		return []any{e.code, e.seq, roles[e.Role], key, orNull(e.Deepest), orNull(e.Area), orNull(e.Suffix), orNull(e.Language), e.Retired, e.Alternative}
	})
}

// numbers fills star_isbn: every book number in the data, read once.
func numbers(ctx context.Context, b *builder) error {
	raws, err := b.texts(ctx, "isbn_numbers")
	if err != nil {
		return err
	}
	ranges := isbn.Shipped()
	columns := []column{text("raw"), text("code"), boolean("is_valid"), text("country"), text("language")}
	return b.ingest(ctx, "star_isbn", columns, len(raws), func(i int) []any {
		number := isbn.Parse(raws[i])
		var country, language any
		if group := ranges.Group(number.Code); number.Valid && group != nil {
			country, language = orNull(group.Country), orNull(group.Language)
		}
		return []any{raws[i], orNull(number.Code), number.Valid, country, language}
	})
}
