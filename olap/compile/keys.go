package compile

import (
	"verso/olap/cube"
)

// Members by their keys, as the rows and columns of an answer carry them: the
// one way to mean exactly one member, also where several look the same or are
// shown in another language.

// isMember adds the condition that a row of a stage belongs to the member of a
// key; alias stands before the columns.
func (f *field) isMember(s *sqlText, alias, part, key, lang string) error {
	group := f.groups(lang)[0]
	column := alias + "." + quote(group.name)
	if len(f.groups(lang)) > 1 { // a type other than text: the second column tells (none) from (unknown)
		known := alias + "." + quote(f.groups(lang)[1].name)
		switch key {
		case cube.Unknown:
			s.add(known + " IS NULL")
			return nil
		case cube.None:
			s.add(known + " IS NOT NULL AND " + column + " IS NULL")
			return nil
		}
	} else if key == cube.Unknown {
		s.add(column + " IS NULL")
		return nil
	} else if key == cube.None && f.keyType() == "text" {
		s.add(column + " = " + noneLiteral)
		return nil
	}
	v, err := f.parseKey(part, key)
	if err != nil {
		return err
	}
	s.add(column+" = ?", v)
	return nil
}
