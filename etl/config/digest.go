package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Digest is the SHA-256, in hex, of what the configuration says about data and
// meaning: company, as-of date, seed, ids, how sources are read, mappings,
// checks. Paths, secrets, what is kept and what the engine may use are left
// out, so one configuration has one digest wherever it stands and runs.
func Digest(c *Config) string {
	type source struct {
		Kind, Format, Encoding, Decimal string
		CSV                             CSV
		XLSX                            XLSX
		Dates                           []string
	}
	type mapping struct {
		From, Select string
		Columns      map[string]string
	}
	type check struct {
		Severity  string
		Threshold *float64
		Rule      *Rule `json:",omitempty"`
	}
	content := struct {
		Version int
		Company Company
		AsOf    string
		Seed    int64
		IDs     string
		Models  Models
		Landed  Landed `json:",omitzero"`
		Costs   Costs  `json:",omitzero"`
		Sources map[string]source
		Tables  map[string][]mapping
		Checks  map[string]check
	}{c.Version, c.Company, c.AsOf, c.Seed, c.IDs, c.Models, c.Landed, c.Costs, map[string]source{}, map[string][]mapping{}, map[string]check{}}
	for name, s := range c.Sources {
		content.Sources[name] = source{s.Kind, s.Format, s.Encoding, s.Decimal, s.CSV, s.XLSX, s.Dates}
	}
	for name, all := range c.Tables {
		for _, m := range all {
			content.Tables[name] = append(content.Tables[name], mapping{m.From, m.Select, m.Columns})
		}
	}
	for id, k := range c.Checks {
		content.Checks[id] = check{k.Severity, k.Threshold, k.Rule}
	}
	text, err := json.Marshal(content) // maps are written in the order of their keys
	if err != nil {
		panic("config: digest: " + err.Error()) // only a threshold that is no number, which Load refuses
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
