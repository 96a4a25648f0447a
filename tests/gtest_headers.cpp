// A precompiled header belongs to a target that has a source: this one. CMakeLists.txt beside it says what it is for.
