package text

import "strings"

// clause is a part of a question; its value is the word that the formatter
// writes.
type clause string

const (
	rowsClause    clause = "by"
	columnsClause clause = "across"
	showClause    clause = "show"
	whereClause   clause = "where"
	havingClause  clause = "having"
	timeClause    clause = "time"
	vsClause      clause = "vs"
	topClause     clause = "top"
	totalsClause  clause = "totals"
	sortClause    clause = "sort"
	limitClause   clause = "limit"
)

// clauseWords are the words that begin a clause.
var clauseWords = map[string]clause{
	"by": rowsClause, "按": rowsClause,
	"across": columnsClause, "x": columnsClause,
	"show": showClause, "显示": showClause,
	"where": whereClause, "其中": whereClause,
	"having": havingClause, "满足": havingClause,
	"time": timeClause, "in": timeClause, "during": timeClause, "时间": timeClause,
	"vs": vsClause, "versus": vsClause, "compare": vsClause, "对比": vsClause,
	"top": topClause, "bottom": topClause, "前": topClause, "后": topClause,
	"totals": totalsClause, "total": totalsClause, "合计": totalsClause,
	"sort": sortClause, "order": sortClause, "排序": sortClause,
	"limit": limitClause, "限": limitClause,
}

// innerWords are the further words of the grammar; names that are such words
// stand in quotes.
var innerWords = map[string]bool{
	"and": true, "且": true, "between": true, "is": true, "not": true, "null": true, "on": true, "under": true, "下": true,
	"with": true, "others": true, "其余": true, "percent": true, "%": true, "asc": true, "desc": true, "升序": true, "降序": true,
}

// clauseList are the words shown where a clause is wanted, in the order in which
// the formatter writes them.
var clauseList = []string{"by", "across", "show", "where", "having", "time", "vs", "top", "bottom", "totals", "sort", "limit"}

// reserved reports whether a word belongs to the grammar.
func reserved(word string) bool {
	word = strings.ToLower(word)
	return clauseWords[word] != "" || innerWords[word]
}
