package preset

import (
	"fmt"
	"strings"

	"verso/etl/canon/system"
	"verso/etl/config"
)

// ofSystem renders the configuration of a known system.
func ofSystem(s system.System, in Inputs) ([]byte, Report, error) {
	o := system.Options{Kind: in.Kind, DSN: in.DSN, Path: in.Database, Company: in.Company, Currency: in.Currency, Language: in.Language,
		Tables: in.Tables, Scalar: Scalar}
	if !s.Database() {
		if len(in.Files) != 1 {
			return nil, Report{}, fmt.Errorf("%s reads one file, %d were given; name it with --file", s.Name, len(in.Files))
		}
		f := in.Files[0]
		o.Kind, o.Path = "file", f.Path
		o.Tables = FileTables(in.Files)
		o.Tables[0].Name = s.Source
		if f.Format != "" {
			o.Extra = append(o.Extra, "format: "+f.Format)
		}
		if f.Encoding != "" {
			o.Extra = append(o.Extra, "encoding: "+f.Encoding)
		}
	}
	if err := Password(in.DSN); err != nil {
		return nil, Report{}, err
	}
	text, report := s.Render(o)
	return text, Report{Tables: report.Tables, Notes: report.Notes}, s.Missing(report.Tables, report.Notes)
}

// Password refuses a connection string that holds a password: a configuration
// must not.
func Password(dsn string) error {
	if !config.HasPassword(dsn) {
		return nil
	}
	return fmt.Errorf("the connection string holds a password, which a configuration must not: " +
		"put the string into an environment variable and give its name, such as --dsn '${SHOP_DSN}'")
}

// FileTables are files as tables, named after them.
func FileTables(files []File) []system.Table {
	var all []system.Table
	taken := map[string]bool{}
	for _, f := range files {
		t := system.Table{Name: sourceName(f.Path), Rows: -1, Path: f.Path}
		for n := 2; taken[strings.ToLower(t.Name)]; n++ {
			t.Name = fmt.Sprintf("%s_%d", sourceName(f.Path), n)
		}
		taken[strings.ToLower(t.Name)] = true
		for _, c := range f.Columns {
			t.Columns = append(t.Columns, system.Column{Name: c.Name, Type: c.Type, Samples: c.Samples})
		}
		all = append(all, t)
	}
	return all
}

// Variable is the environment variable that a preset offers for its connection
// string.
func Variable(name string) string {
	for _, s := range system.List() {
		if s.Name == name && s.Env != "" {
			return s.Env
		}
	}
	return "SOURCE_DSN"
}
