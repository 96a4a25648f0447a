#include "launch/contact/key_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <latch>
#include <thread>
#include <vector>

#include "tests/temporary_folder.hpp"

namespace lath {
namespace {

using testing::TemporaryFolder;

TEST(KeyFile, is_made_for_its_owner_alone_whatever_the_umask) {
  const TemporaryFolder folder;
  for (const mode_t mask : {0000U, 0022U, 0077U, 0777U}) {
    const std::string path = folder.file("key" + std::to_string(mask));
    const mode_t before = umask(mask);
    const auto made = read_or_make_key_file(path);
    umask(before);
    ASSERT_TRUE(made) << made.error().text;
    EXPECT_TRUE(made->made);
    struct stat status {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
    const auto read = read_or_make_key_file(path);
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_FALSE(read->made);
    EXPECT_EQ(read->key, made->key);
  }
}

// Nodes of one cluster file that begin at once: none may see a file that another has made and not yet filled.
TEST(KeyFile, that_several_make_at_once_is_one_key) {
  const TemporaryFolder folder;
  constexpr std::size_t kMakers = 8;
  for (std::size_t round = 0; round < 50; ++round) {
    const std::string path = folder.file("key" + std::to_string(round));
    std::vector<Result<KeyFile>> files(kMakers, Error{Code::kInternal, "not made"});
    std::latch begin(kMakers);
    std::vector<std::jthread> makers;
    for (auto& file : files) {
      makers.emplace_back([&] {
        begin.arrive_and_wait();
        file = read_or_make_key_file(path);
      });
    }
    makers.clear();
    std::size_t made = 0;
    for (const auto& file : files) {
      ASSERT_TRUE(file) << file.error().text;
      EXPECT_EQ(file->key, files.front()->key);
      if (file->made) ++made;
    }
    EXPECT_EQ(made, 1U);
  }
  EXPECT_EQ(folder.entries(), 50U) << "the file alone stays";
}

TEST(KeyFile, that_cannot_be_made_is_told_with_its_place) {
  const TemporaryFolder folder;
  const auto made = read_or_make_key_file(folder.file("none") + "/key");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::kIo);
  EXPECT_NE(made.error().text.find("none/key': No such file"), std::string::npos) << made.error().text;
  EXPECT_NE(made.error().text.find("--key-file"), std::string::npos) << made.error().text;
}

TEST(KeyFile, that_is_a_link_to_nothing_is_told_as_such) {
  const TemporaryFolder folder;
  ASSERT_EQ(symlink("nowhere", folder.file("key").c_str()), 0);
  const auto made = read_or_make_key_file(folder.file("key"));
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().text.find("a link to what is not there"), std::string::npos) << made.error().text;
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(KeyFile, is_refused_where_others_may_read_it) {
  const TemporaryFolder folder;
  const std::string path = folder.file("key");
  ASSERT_TRUE(read_or_make_key_file(path));
  for (const mode_t mode : {0640U, 0604U, 0620U, 0666U}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    const auto read = read_key_file(path);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::kDenied);
    EXPECT_NE(read.error().text.find("chmod 600"), std::string::npos);
    EXPECT_FALSE(read_or_make_key_file(path));
  }
}

TEST(KeyFile, is_removed_only_where_it_holds_that_key) {
  const TemporaryFolder folder;
  const std::string path = folder.file("key");
  const auto made = read_or_make_key_file(path);
  ASSERT_TRUE(made) << made.error().text;
  EXPECT_TRUE(remove_key_file(path, make_cluster_key()));
  EXPECT_EQ(folder.entries(), 1U);
  EXPECT_TRUE(remove_key_file(path, made->key));
  EXPECT_EQ(folder.entries(), 0U);
  EXPECT_TRUE(remove_key_file(path, made->key)) << "somebody was quicker";
}

// A limit of the file's size lets a part of the key through, as a full disk does, and no system call gives the reason.
TEST(KeyFile, that_is_written_in_part_is_told_as_such_and_removed) {
  const TemporaryFolder folder;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{10, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto made = read_or_make_key_file(folder.file("key"));
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().text.find("only 10 of 65 bytes could be written"), std::string::npos) << made.error().text;
  EXPECT_NE(made.error().text.find("make room"), std::string::npos) << made.error().text;
  EXPECT_EQ(folder.entries(), 0U);
}

TEST(KeyFile, of_another_user_is_refused) {
  if (geteuid() != 0) {  // only root can make one; for others, a file of root's that they can read is trusted
    EXPECT_EQ(read_key_file("/etc/shadow").error().code, Code::kDenied);
    return;
  }
  const TemporaryFolder folder;
  const std::string path = folder.file("key");
  ASSERT_TRUE(read_or_make_key_file(path));
  ASSERT_EQ(chown(path.c_str(), 12345, 12345), 0);
  const auto read = read_key_file(path);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kDenied);
  EXPECT_NE(read.error().text.find("12345"), std::string::npos);
}

TEST(KeyFile, missing_malformed_or_no_file_at_all_are_told_apart) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_key_file(folder.file("none")).error().code, Code::kNotFound);
  for (const std::string& text :
       {std::string(), std::string("hello"), std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'g')}) {
    const std::string path = folder.write("key", text);
    ASSERT_EQ(chmod(path.c_str(), 0600), 0);
    const auto read = read_key_file(path);
    ASSERT_FALSE(read) << text;
    EXPECT_NE(read.error().text.find("64 hexadecimal"), std::string::npos);
  }
  ASSERT_EQ(mkdir(folder.file("folder").c_str(), 0700), 0);
  EXPECT_NE(read_key_file(folder.file("folder")).error().text.find("regular"), std::string::npos);
}

}  // namespace
}  // namespace lath
