// Package config is verso.yaml: what to read, how it maps onto the canonical
// tables, what to check, and where the warehouse and the site live.
package config

import (
	"fmt"
	"time"
)

// Config is a validated verso.yaml. Paths are absolute after Load. Names of
// sources are letters, digits and underscores, beginning with a letter, and
// differ in more than capitals: they name tables in SQL and folders.
type Config struct {
	Version   int               `yaml:"version"`    // 1
	Company   Company           `yaml:"company"`    //
	AsOf      string            `yaml:"as_of"`      // YYYY-MM-DD, or "latest": the last order date found
	Warehouse string            `yaml:"warehouse"`  // folder of generations, landing and ledger
	Site      string            `yaml:"site"`       // folder of the report site
	Report    Report            `yaml:"-" json:"-"` // what the site holds: the other keys of site
	Keep      int               `yaml:"keep"`       // generations kept; default 3
	Seed      int64             `yaml:"seed"`       // of every random choice; default 1
	IDs       string            `yaml:"ids"`        // "integer" (default) or "text": type of every *_id column
	Engine    Engine            `yaml:"engine"`
	Sources   map[string]Source `yaml:"sources"`
	Tables    map[string]Maps   `yaml:"tables"`  // canonical table → where its rows come from
	Landing   Landing           `yaml:"landing"` // how long extracts are kept
	Models    Models            `yaml:"models"`
	Landed    Landed            `yaml:"landed"`
	Costs     Costs             `yaml:"costs"`
	Checks    map[string]Check  `yaml:"checks"` // check id → override, or rule
	Night     Night             `yaml:"night"`
	Alerts    Alerts            `yaml:"alerts"`
	Digest    Letter            `yaml:"digest"`
	Serve     Serve             `yaml:"serve"`
	Access    Access            `yaml:"access" json:"-"` // no part of what a run is made of
	File      string            `yaml:"-"`               // where it was read from
}

// Company is who the reports are about.
type Company struct {
	Name            string `yaml:"name"`
	Currency        string `yaml:"currency"`          // ISO 4217 report currency; default CNY
	Language        string `yaml:"language"`          // en, zh or that of a file of the folder languages; default en
	FiscalYearStart int    `yaml:"fiscal_year_start"` // month 1..12; default 1
	WeekStart       string `yaml:"week_start"`        // monday (default) or sunday

	ConstantRates ConstantRates `yaml:"constant_rates" json:",omitzero"` // of the measures at constant rates
	BalanceDays   int           `yaml:"balance_days" json:",omitempty"`  // open balances are kept by day for so many days, by month end before; default 92
}

// Models are the choices of the customer models.
type Models struct {
	Months int   `yaml:"months"` // window of the customer pyramid, ending at the as-of date; default 12, 0 is all history
	RFM    RFM   `yaml:"rfm"`
	Churn  Churn `yaml:"churn" json:",omitzero"`
}

// Churn chooses what counts as leaving; see the card of the model churn.
type Churn struct {
	HorizonDays int      `yaml:"horizon_days"` // days without an order; default by customer type from the gaps between orders
	SilenceDays int      `yaml:"silence_days"` // after which a customer is lost already and no longer at risk; default 365
	StepDays    int      `yaml:"step_days"`    // between the days that are learned from; default 91, on short histories 30
	Origins     []string `yaml:"origins"`      // days of the backtest, ascending; default the last four, 91 days apart, whose outcome is known
}

// RFM chooses how recency, frequency and monetary value become scores.
type RFM struct {
	Mode      string    `yaml:"mode"`      // quintile (default) or fixed
	Recency   []float64 `yaml:"recency"`   // fixed: four ascending breaks in days
	Frequency []float64 `yaml:"frequency"` // fixed: four ascending breaks in orders
	Monetary  []float64 `yaml:"monetary"`  // fixed: four ascending breaks in report currency
}

// Engine bounds what the embedded database may use.
type Engine struct {
	Threads int    `yaml:"threads"` // 0: what the data is worth, up to all cores
	Memory  string `yaml:"memory"`  // such as 3GB; "": the engine's default
}

// Source is one place operational data comes from.
type Source struct {
	Kind     string   `yaml:"kind"`     // file, http, postgres, mysql or sqlite
	Path     string   `yaml:"path"`     // file: a file, a folder or a glob (sorted by name, read as one), or "-" for standard input; sqlite: the database file
	Format   string   `yaml:"format"`   // file, http: csv, tsv, parquet, jsonl, xlsx; "": detected
	Encoding string   `yaml:"encoding"` // file, http: "" detected; utf-8, utf-16le, utf-16be, gb18030 (gbk), big5, latin-1
	CSV      CSV      `yaml:"csv"`
	XLSX     XLSX     `yaml:"xlsx"`
	DSN      string   `yaml:"dsn"`      // postgres, mysql: usually ${NAME}; never a literal password
	DSNFile  string   `yaml:"dsn_file"` // postgres, mysql: file that holds the DSN
	Count    *bool    `yaml:"count"`    // mysql: ask the database for the number of rows first and refuse a differing extract; default true
	HTTP     HTTP     `yaml:",inline"`  // http: what to download; its keys stand beside kind
	Dates    []string `yaml:"dates"`    // strptime formats tried in order, before the usual ones
	Decimal  string   `yaml:"decimal"`  // decimal separator, "." (default) or ","

	OnFailure string `yaml:"on_failure"` // when it cannot be read: stop (also ""), or yesterday: go on with what was landed last
	Retry     Retry  `yaml:"retry"`
}

// CSV overrides what detection finds; nil or "" is detected.
type CSV struct {
	Delimiter string `yaml:"delimiter"`
	Quote     string `yaml:"quote"`
	Escape    string `yaml:"escape"`
	Header    *bool  `yaml:"header"`
	Skip      int    `yaml:"skip"` // lines before the header
	Null      string `yaml:"null"` // text that means null, beside the empty field
}

// XLSX says where the table is in the workbook.
type XLSX struct {
	Sheet      string   `yaml:"sheet"`       // name; "": the first
	Sheets     []string `yaml:"sheets"`      // several read as one, in this order: names or patterns such as "20*"; "*" is all
	HeaderRow  int      `yaml:"header_row"`  // from 1; 0: detected
	HeaderRows int      `yaml:"header_rows"` // rows the header takes, their texts joined; default 1
}

// HTTP is one file that is downloaded.
type HTTP struct {
	URL         string            `yaml:"url"`          // http:// or https://
	Headers     map[string]string `yaml:"headers"`      // such as Authorization: Bearer ${NAME}; values only with a variable
	ContentType string            `yaml:"content_type"` // what the answer must be, such as text/csv; "": anything
	MaxSize     int64             `yaml:"max_size"`     // bytes; such as 2GB; default 10GB
}

// Maps is one canonical table's mappings: usually one, several when several
// systems feed the table. In YAML a single mapping needs no list.
type Maps []Map

// Map says how rows of a source become rows of a canonical table: by Columns,
// or by Select in the source's own SQL (DuckDB's for files, where the extract is
// a table named like the source, with a column _row, its row number from 0).
type Map struct {
	From    string            `yaml:"from"`    // a source
	Select  string            `yaml:"select"`  // SELECT whose column names are canonical
	Columns map[string]string `yaml:"columns"` // canonical column → source column
	// Incremental says how changes are found; nil: everything is extracted anew.
	Incremental *Incremental `yaml:"incremental"`
	Line        int          `yaml:"-"` // line in verso.yaml, for messages
}

// Check overrides a check's shipped severity and threshold, or is a rule of the
// user's own.
type Check struct {
	Rule      *Rule    `yaml:"-"`         // nil: an override
	Severity  string   `yaml:"severity"`  // error, warn, info or off
	Threshold *float64 `yaml:"threshold"` // share of rows (0..1) that may offend before the check fails
	Line      int      `yaml:"-"`         // line in verso.yaml, for messages
}

// Years an as-of date may lie in. The calendar reaches to the year after it, so
// that a mistyped year must not make it long.
const (
	FirstYear = 1900
	LastYear  = 2199
)

// ParseAsOf reads an as-of date, YYYY-MM-DD.
func ParseAsOf(text string) (time.Time, error) {
	date, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return date, fmt.Errorf("%q is not a date like 2026-06-30", text)
	}
	if date.Year() < FirstYear || date.Year() > LastYear {
		return date, fmt.Errorf("%q is not in the years %d to %d", text, FirstYear, LastYear)
	}
	return date, nil
}

// AsOfDate is the as-of date, or ok=false when it is "latest".
func (c *Config) AsOfDate() (date time.Time, ok bool) {
	date, err := time.Parse(time.DateOnly, c.AsOf)
	return date, err == nil
}
