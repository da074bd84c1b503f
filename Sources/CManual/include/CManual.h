// The pages of the manual, within the program: beside it they would be lost when it is moved.
//
// C, because it takes a file as it is. The Swift compiler would be given each byte as a number of a list, and takes a
// quarter of a minute for that, at each change of the program.
#ifndef CManual_h
#define CManual_h

/// The text of a page in UTF-8, without its file's ending: "test-your-server". NULL where there is no such page. It lives as
/// long as the program.
const char *hw_manual_page(const char *name);

#endif
