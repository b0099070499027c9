// Package access says who may see which rows and columns of a warehouse, by
// whatever door they come: cubes, SQL, drill-through, pages, exports, Flight.
//
// A policy is not a filter that each door has to remember. Whoever may not see
// everything is given a database file that holds what they may see and nothing
// else, their cut of the generation; every door opens that file.
package access

// Person is somebody who has been let in.
type Person struct {
	Name       string              // unique; what the audit writes
	Roles      []string            // sorted
	Attributes map[string][]string // such as region: [North China], for policies that name them
	Admin      bool                // may see everything, and look through the eyes of others
	By         string              // how they were known: password, token, proxy, oidc, open
	Asker      string              // who really asks, where an administrator looks through the eyes of Name; else ""
}

// Rights are what the policy grants a person: the union over their roles.
type Rights struct {
	// Cut names the part of a generation that the person may see; persons with
	// the same Cut share one file. "" is the whole generation.
	Cut string
	// Told is said beside every answer from a cut, in words; "" for the whole.
	Told string
	// ToldZH is the same in Chinese.
	ToldZH string

	SQL   bool     // may write SQL
	Facts bool     // may list the rows behind a cell
	Pages []string // pages of the report site, by name; nil: all, empty: none
	// MinimumCell is the fewest customers that a cell of a cube may be about; 0 and 1: any.
	MinimumCell int
}

// ToldIn is what is said beside every answer, in "en" or "zh".
func (r Rights) ToldIn(lang string) string {
	if lang == "zh" {
		return r.ToldZH
	}
	return r.Told
}
