package demo

import (
	"fmt"
	"strings"
	"time"

	"verso/etl/demo/market"
	"verso/etl/demo/sheet"
)

// Config is a commented verso.yaml for the files Generate writes with the same
// options, to be saved in the folder o.Dir. Options that Generate would refuse
// give the configuration of the defaults.
func Config(o Options) []byte {
	if done, err := o.WithDefaults(); err == nil {
		o = done
	} else {
		o, _ = Options{Dir: "."}.WithDefaults()
	}
	var b strings.Builder
	fmt.Fprintf(&b, `# The demo company: an invented importer of books, as etl/demo wrote it
# (generator version %d, scale %g, seed %d). Every file carries the canonical
# column names, so every column maps onto itself. The folder truth/ holds what
# was planted in the data; nothing here reads it.
version: 1

company:
  name: Meridian Book Import (demo)
  currency: CNY
  language: en
  fiscal_year_start: 1

as_of: %s
seed: %d
warehouse: warehouse
site: site

sources:
`, Version, o.Scale, o.Seed, o.AsOf.Format(time.DateOnly), o.Seed)
	for _, t := range sheet.Tables() {
		if t.Truth {
			continue
		}
		fmt.Fprintf(&b, "  %s: {kind: file, path: data/%s.%s}\n", t.Name, t.Name, o.Format)
		if t.Name == "order_header" && o.Dirty {
			fmt.Fprintf(&b, "  # The export of these orders was delivered twice.\n  %s: {kind: file, path: data/%s.csv}\n", market.DuplicateFile, market.DuplicateFile)
		}
	}
	b.WriteString("\n# canonical table: where its rows come from, and canonical column: source column.\ntables:\n")
	for _, t := range sheet.Tables() {
		if t.Truth {
			continue
		}
		fmt.Fprintf(&b, "  %s:\n", t.Name)
		writeMap(&b, t.Name, &t)
		if t.Name == "order_header" && o.Dirty {
			writeMap(&b, market.DuplicateFile, &t)
		}
	}
	return []byte(b.String())
}

// writeMap writes one mapping of a table.
func writeMap(b *strings.Builder, source string, t *sheet.Table) {
	fmt.Fprintf(b, "    - from: %s\n      columns:\n", source)
	for _, c := range t.Cols {
		fmt.Fprintf(b, "        %s: %s\n", c.Name, c.Name)
	}
}
