package demo

import (
	"fmt"
	"strings"
	"time"
)

// Config is a commented verso.yaml for the files Generate writes with the same
// options, to be saved in the folder o.Dir. Options that Generate would refuse
// give the configuration of the defaults.
func Config(o Options) []byte {
	if done, err := o.withDefaults(); err == nil {
		o = done
	} else {
		o, _ = Options{Dir: "."}.withDefaults()
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
	for _, t := range tables() {
		if t.truth {
			continue
		}
		fmt.Fprintf(&b, "  %s: {kind: file, path: data/%s.%s}\n", t.name, t.name, o.Format)
		if t.name == "order_header" && o.Dirty {
			fmt.Fprintf(&b, "  # The export of these orders was delivered twice.\n  %s: {kind: file, path: data/%s.csv}\n", duplicateFile, duplicateFile)
		}
	}
	b.WriteString("\n# canonical table: where its rows come from, and canonical column: source column.\ntables:\n")
	for _, t := range tables() {
		if t.truth {
			continue
		}
		fmt.Fprintf(&b, "  %s:\n", t.name)
		writeMap(&b, t.name, &t)
		if t.name == "order_header" && o.Dirty {
			writeMap(&b, duplicateFile, &t)
		}
	}
	return []byte(b.String())
}

// writeMap writes one mapping of a table.
func writeMap(b *strings.Builder, source string, t *table) {
	fmt.Fprintf(b, "    - from: %s\n      columns:\n", source)
	for _, c := range t.cols {
		fmt.Fprintf(b, "        %s: %s\n", c.name, c.name)
	}
}
